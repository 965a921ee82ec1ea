/** How much one request may ask of the controller: as much as Apache Kafka takes, and the same words for what is more. */
import { apiError } from "../../../protocol/errors.js";

/** New partitions, of all topics together. */
export const PARTITIONS_PER_REQUEST_MAX = 10_000;
export const tooManyPartitions = apiError("POLICY_VIOLATION", "Excessively large number of partitions per request.");

/** Records of metadata that one request may come to where all of them count together. */
export const RECORDS_PER_REQUEST_MAX = 10_000;
export const tooManyRecords = apiError("POLICY_VIOLATION", "Unable to perform excessively large batch operation.");
