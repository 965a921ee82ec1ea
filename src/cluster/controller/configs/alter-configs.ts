/** AlterConfigs replaces what is set on a resource; IncrementalAlterConfigs changes single properties (KIP-339). */
import { configResource } from "../../../metadata/image/image.js";
import { type ApiError, apiError } from "../../../protocol/errors.js";
import type { ConfigRules } from "../config-rules.js";
import type { ControllerSettings, ControllerState, ControllerTypes, Decided } from "../controller-types.js";
import { type ConfigChange, decideChanges } from "./config-changes.js";

type Calls = ControllerTypes["Calls"];
type IncrementalResource = Calls["incrementalAlterConfigs"]["request"]["resources"][number];
type State = Readonly<ControllerState>;

/** The operations of IncrementalAlterConfigs, as numbered on the wire. */
const operations = { SET: 0, DELETE: 1, APPEND: 2, SUBTRACT: 3 } as const;

export function decideAlterConfigs(
  { image }: State,
  request: Calls["alterConfigs"]["request"],
  { configRules }: ControllerSettings,
): Decided<"alterConfigs"> {
  return decideChanges(image, request, configRules, ({ configs }, current) => {
    const refusal = refuseKeys(configs, configs);
    if (refusal !== null) return refusal;
    const removed = [...current.keys()].map((name): [string, null] => [name, null]);
    return new Map<string, string | null>([...removed, ...configs.map(({ name, value }) => [name, value] as const)]);
  });
}

export function decideIncrementalAlterConfigs(
  { image }: State,
  request: Calls["incrementalAlterConfigs"]["request"],
  { configRules }: ControllerSettings,
): Decided<"incrementalAlterConfigs"> {
  return decideChanges(image, request, configRules, (resource, current) =>
    incrementalChange(resource, current, configRules),
  );
}

interface Config {
  readonly name: string;
  readonly value: string | null;
}

function refuseKeys(configs: readonly Config[], toBeSet: readonly Config[]): ApiError | null {
  if (new Set(configs.map(({ name }) => name)).size < configs.length) {
    return apiError("INVALID_REQUEST", "Error due to duplicate config keys");
  }
  const nulls = toBeSet.filter(({ value }) => value === null).map(({ name }) => name);
  return nulls.length === 0 ? null : apiError("INVALID_REQUEST", `Null value not supported for : ${nulls.join(", ")}`);
}

function incrementalChange(
  { resourceType, configs }: IncrementalResource,
  current: ReadonlyMap<string, string>,
  rules: ConfigRules,
): ConfigChange | ApiError {
  const change = new Map<string, string | null>();
  const toBeSet = configs.filter(({ configOperation }) => configOperation !== operations.DELETE);
  const refusal = refuseKeys(configs, toBeSet);
  if (refusal !== null) return refusal;
  for (const { name, configOperation, value } of configs) {
    switch (configOperation) {
      case operations.SET:
        change.set(name, value);
        break;
      case operations.DELETE:
        change.set(name, null);
        break;
      case operations.APPEND:
      case operations.SUBTRACT: {
        const isAppend = configOperation === operations.APPEND;
        if (!rules.isList(resourceType, name)) return notAList(resourceType, name, isAppend ? "append" : "subtract");
        const items = listOf(current.get(name) ?? rules.defaultOf(resourceType, name) ?? "");
        const given = (value ?? "").split(",");
        change.set(name, (isAppend ? appended(items, given) : subtracted(items, given)).join(","));
        break;
      }
      default:
        return apiError("INVALID_REQUEST", `Unknown operations type ${configOperation}`);
    }
  }
  return change;
}

/** Apache Kafka has one sentence for brokers and another for everything else. */
function notAList(resourceType: number, name: string, operation: "append" | "subtract"): ApiError {
  const message =
    resourceType === configResource.broker
      ? `Config value ${operation} is not allowed for config key: ${name}`
      : `Can't ${operation.toUpperCase()} to key ${name} because its type is not LIST.`;
  return apiError("INVALID_CONFIG", message);
}

function listOf(text: string): string[] {
  return text.split(",").filter((item) => item !== "");
}

function appended(items: readonly string[], given: readonly string[]): string[] {
  return [...new Set([...items, ...given])];
}

function subtracted(items: readonly string[], given: readonly string[]): string[] {
  const without = new Set(given);
  return items.filter((item) => !without.has(item));
}
