/** BROKER_LOGGER resources (KIP-412): the levels of this broker's loggers, of which it has one. A restart forgets them. */
import type { Broker } from "../../broker/broker.js";
import { type ErrorName, errors } from "../../protocol/errors.js";
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

interface Refusal {
  readonly errorCode: number;
  readonly errorMessage: string | null;
}

/** Sets the levels, or does nothing and says why not. */
export function alterLoggers(broker: Broker, { resourceName, configs }: Resource, validateOnly: boolean): Refusal {
  const problem = nodeProblem(broker, resourceName);
  if (problem !== null) return problem;
  for (const change of configs) {
    const refusal = refuse(change);
    if (refusal !== null) return refusal;
  }
  const level = configs.at(-1)?.value;
  if (!validateOnly && level !== undefined && level !== null) broker.logger.level = level.toLowerCase();
  return { errorCode: errors.NONE.code, errorMessage: null };
}

/** A broker is configured by asking it. */
export function nodeProblem({ nodeId }: Broker, name: string): Refusal | null {
  if (!/^[+-]?[0-9]{1,10}$/.test(name)) {
    return refused("INVALID_REQUEST", `Node id must be an integer, but it is: ${name}`);
  }
  if (Number(name) === nodeId) return null;
  return refused("INVALID_REQUEST", `Unexpected broker id, expected ${nodeId}, but received ${name}`);
}

function refuse({ name, configOperation, value }: Change): Refusal | null {
  const operation = operations[configOperation] ?? `${configOperation}`;
  if (operation !== "SET" && operation !== "DELETE") {
    return refused("INVALID_REQUEST", `${operation} operation is not allowed for the BROKER_LOGGER resource`);
  }
  if (name !== rootLogger) return refused("INVALID_CONFIG", `Logger ${name} does not exist!`);
  if (operation === "DELETE") {
    return refused("INVALID_REQUEST", "Removing the log level of the root logger is not allowed");
  }
  if (levels.some((level) => level === value)) return null;
  const valid = `Valid log levels are ${levels.join(", ")}`;
  return refused(
    "INVALID_CONFIG",
    `Cannot set the log level of ${name} to ${value} as it is not a supported log level. ${valid}`,
  );
}

function refused(error: ErrorName, errorMessage: string): Refusal {
  return { errorCode: errors[error].code, errorMessage };
}
