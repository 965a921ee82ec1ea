/** BROKER_LOGGER resources (KIP-412): the levels of this broker's loggers, of which it has one. A restart forgets them. */
import type { Broker } from "../../broker/broker.js";
import { type ApiError, apiError, noError } from "../../protocol/errors.js";
import type { IncrementalAlterConfigs } from "../../protocol/messages/44-incremental-alter-configs.js";
import type { RequestOf } from "../../protocol/schema/message.js";

type Resource = RequestOf<typeof IncrementalAlterConfigs>["resources"][number];
type Change = Resource["configs"][number];

export const rootLogger = "root";

/** In the names of Kafka, which has none for silence. */
const levels = ["DEBUG", "ERROR", "FATAL", "INFO", "TRACE", "WARN"] as const;

export function levelName(level: string): string {
  return level === "silent" ? "OFF" : level.toUpperCase();
}

/** As numbered on the wire; SET is the only one that does something here. */
const operations: readonly string[] = ["SET", "DELETE", "APPEND", "SUBTRACT"];

/** Sets the levels, or does nothing and says why not. */
export function alterLoggers(broker: Broker, { resourceName, configs }: Resource, validateOnly: boolean): ApiError {
  const problem = nodeProblem(broker, resourceName);
  if (problem !== null) return problem;
  for (const change of configs) {
    const refusal = refuse(change);
    if (refusal !== null) return refusal;
  }
  const level = configs.at(-1)?.value;
  if (!validateOnly && level !== undefined && level !== null) broker.logger.level = level.toLowerCase();
  return noError;
}

/** A broker is configured by asking it. */
export function nodeProblem({ nodeId }: Broker, name: string): ApiError | null {
  if (!/^[+-]?[0-9]{1,10}$/.test(name)) {
    return apiError("INVALID_REQUEST", `Node id must be an integer, but it is: ${name}`);
  }
  if (Number(name) === nodeId) return null;
  return apiError("INVALID_REQUEST", `Unexpected broker id, expected ${nodeId}, but received ${name}`);
}

function refuse({ name, configOperation, value }: Change): ApiError | null {
  const operation = operations[configOperation] ?? `${configOperation}`;
  if (operation !== "SET" && operation !== "DELETE") {
    return apiError("INVALID_REQUEST", `${operation} operation is not allowed for the BROKER_LOGGER resource`);
  }
  if (name !== rootLogger) return apiError("INVALID_CONFIG", `Logger ${name} does not exist!`);
  if (operation === "DELETE") {
    return apiError("INVALID_REQUEST", "Removing the log level of the root logger is not allowed");
  }
  if (levels.some((level) => level === value)) return null;
  const valid = `Valid log levels are ${levels.join(", ")}`;
  return apiError(
    "INVALID_CONFIG",
    `Cannot set the log level of ${name} to ${value} as it is not a supported log level. ${valid}`,
  );
}
