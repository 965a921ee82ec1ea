/** What AlterConfigs and IncrementalAlterConfigs have in common: each resource for itself is changed whole or not at all. */
import { configKey, configResource, type MetadataImage } from "../../../metadata/image/image.js";
import { type MetadataRecord, metadataRecord } from "../../../metadata/records/metadata-record.js";
import { topicNameProblem } from "../../../metadata/topic-names.js";
import { type ApiError, apiError, isApiError, noError } from "../../../protocol/errors.js";
import type { ConfigRules } from "../config-rules.js";
import { forgetEligible, refuseDisagreement } from "../partitions/eligible-replicas.js";

export interface Resource {
  readonly resourceType: number;
  readonly resourceName: string;
}

/** The new value of each property that is touched; null takes it away. */
export type ConfigChange = ReadonlyMap<string, string | null>;

const NOTHING_SET: ReadonlyMap<string, string> = new Map();
/** As of any string in a message. */
const VALUE_BYTES_MAX = 32_767;

/** Decides on every resource of a request, in its order. */
export function decideChanges<R extends Resource>(
  image: MetadataImage,
  { resources, validateOnly }: { readonly resources: readonly R[]; readonly validateOnly: boolean },
  rules: ConfigRules,
  changeOf: (resource: R, current: ReadonlyMap<string, string>) => ConfigChange | ApiError,
) {
  const times = new Map<string, number>();
  for (const { resourceType, resourceName } of resources) {
    const key = configKey(resourceType, resourceName);
    times.set(key, (times.get(key) ?? 0) + 1);
  }
  const records: MetadataRecord[] = [];
  const responses = resources.map((resource) => {
    const { resourceType, resourceName } = resource;
    const key = configKey(resourceType, resourceName);
    const current = image.configs.get(key) ?? NOTHING_SET;
    const change =
      times.get(key) === 1
        ? (refuseType(resourceType) ?? changeOf(resource, current))
        : apiError("INVALID_REQUEST", "Each resource must appear at most once.");
    const error = isApiError(change) ? change : refuseChange(image, resource, current, change, rules);
    if (error === null && !isApiError(change)) records.push(...recordsOf(resource, current, change));
    return { resourceType, resourceName, ...(error ?? noError) };
  });
  return { records: validateOnly ? [] : [...records, ...forgetEligible(image, records)], reply: { responses } };
}

function refuseType(resourceType: number): ApiError | null {
  const { topic, broker, clientMetrics, group } = configResource;
  const isKnown = [topic, broker, clientMetrics, group].some((known) => known === resourceType);
  return isKnown ? null : apiError("INVALID_REQUEST", `Unknown resource type ${resourceType}`);
}

function refuseChange(
  image: MetadataImage,
  { resourceType, resourceName }: Resource,
  current: ReadonlyMap<string, string>,
  change: ConfigChange,
  rules: ConfigRules,
): ApiError | null {
  const nameRefusal = refuseName(resourceType, resourceName);
  if (nameRefusal !== null) return nameRefusal;
  const problem = refuseLength(change) ?? rules.problem(resourceType, resourceName, applied(current, change));
  if (problem !== null) return problem;
  return (
    refuseDisagreement(image, resourceType, resourceName, change) ?? refuseAbsent(image, resourceType, resourceName)
  );
}

function refuseName(resourceType: number, name: string): ApiError | null {
  switch (resourceType) {
    case configResource.topic: {
      if (name === "") return apiError("INVALID_REQUEST", "Default topic resources are not allowed.");
      const problem = topicNameProblem(name);
      return problem === null ? null : apiError("INVALID_TOPIC_EXCEPTION", problem);
    }
    case configResource.broker:
      if (name === "" || /^[+-]?\d{1,10}$/.test(name)) {
        return Number(name) < 0 ? apiError("INVALID_REQUEST", "Invalid negative broker ID.") : null;
      }
      return apiError("INVALID_REQUEST", "Unable to parse broker name as a base 10 number.");
    case configResource.group:
      return name === "" ? apiError("INVALID_REQUEST", "Default group resources are not allowed.") : null;
    default:
      return null;
  }
}

/** A list to which was appended may be longer than a record can say. */
function refuseLength(change: ConfigChange): ApiError | null {
  const isTooLong = [...change.values()].some((value) => value !== null && Buffer.byteLength(value) > VALUE_BYTES_MAX);
  if (!isTooLong) return null;
  const what = "The configuration value cannot be added because it exceeds the maximum value size";
  return apiError("INVALID_CONFIG", `${what} of ${VALUE_BYTES_MAX} bytes.`);
}

/** Topics and brokers must be there to be configured; groups and client metrics need not. */
function refuseAbsent(image: MetadataImage, resourceType: number, name: string): ApiError | null {
  if (resourceType === configResource.topic && !image.topicsByName.has(name)) {
    return apiError("UNKNOWN_TOPIC_OR_PARTITION", `The topic '${name}' does not exist.`);
  }
  if (resourceType === configResource.broker && name !== "" && !image.brokers.has(Number(name))) {
    return apiError("BROKER_ID_NOT_REGISTERED", `No node with id ${Number(name)} found.`);
  }
  return null;
}

function applied(current: ReadonlyMap<string, string>, change: ConfigChange): ReadonlyMap<string, string> {
  const all = new Map(current);
  for (const [name, value] of change) {
    if (value === null) all.delete(name);
    else all.set(name, value);
  }
  return all;
}

/** What stays as it is needs no record; but a broker reads its files again at every record (KAFKA-14136). */
function recordsOf(
  { resourceType, resourceName }: Resource,
  current: ReadonlyMap<string, string>,
  change: ConfigChange,
): MetadataRecord[] {
  return [...change]
    .filter(([name, value]) => resourceType === configResource.broker || (current.get(name) ?? null) !== value)
    .map(([name, value]) => metadataRecord("ConfigRecord", { resourceType, resourceName, name, value }));
}
