import { type ErrorCode, type ErrorName, errors } from "../../protocol/errors.js";

/** Why one item of a request fails, as it stands in the answer. The messages are those of Apache Kafka. */
export interface ApiError {
  readonly errorCode: ErrorCode;
  readonly errorMessage: string | null;
}

export const noError: ApiError = { errorCode: errors.NONE.code, errorMessage: null };

export function apiError(name: ErrorName, errorMessage: string | null): ApiError {
  return { errorCode: errors[name].code, errorMessage };
}

/** Tells an error from a result. */
export function isApiError(result: object): result is ApiError {
  return "errorCode" in result;
}
