/**
 * What eligible leader replicas ask of the configuration (KIP-966). Who is eligible follows from `min.insync.replicas`, so
 * the whole cluster has to agree on its value, and who was eligible under another one no longer is.
 */
import { configKey, configResource, type MetadataImage } from "../../../metadata/image/image.js";
import { type MetadataRecord, metadataRecord } from "../../../metadata/records/metadata-record.js";
import { type ApiError, apiError } from "../../../protocol/errors.js";
import type { ConfigRules } from "../config-rules.js";

export const ELR_FEATURE = "eligible.leader.replicas.version";
export const MIN_IN_SYNC = "min.insync.replicas";

type Settings = Pick<MetadataImage, "configs" | "features">;

export function keepsEligible({ features }: Pick<MetadataImage, "features">): boolean {
  return (features.get(ELR_FEATURE) ?? 0) > 0;
}

/** When the feature is switched on: the value for all brokers is written down, and that of single ones goes. */
export function agreeOnMinInSync({ configs }: Settings, rules: ConfigRules): MetadataRecord[] {
  const records: MetadataRecord[] = [];
  const value = rules.defaultOf(configResource.topic, MIN_IN_SYNC);
  if (!configs.get(configKey(configResource.broker, ""))?.has(MIN_IN_SYNC) && value !== null) {
    records.push(brokerConfig("", value));
  }
  const prefix = configKey(configResource.broker, "");
  for (const [key, settings] of configs) {
    const resourceName = key.startsWith(prefix) ? key.slice(prefix.length) : "";
    if (resourceName !== "" && settings.has(MIN_IN_SYNC)) records.push(brokerConfig(resourceName, null));
  }
  return records;
}

function brokerConfig(resourceName: string, value: string | null): MetadataRecord {
  return metadataRecord("ConfigRecord", {
    resourceType: configResource.broker,
    resourceName,
    name: MIN_IN_SYNC,
    value,
  });
}

/** While the feature is on, no broker has a value of its own, and the value for all stays. */
export function refuseDisagreement(
  image: Settings,
  resourceType: number,
  resourceName: string,
  change: ReadonlyMap<string, string | null>,
): ApiError | null {
  if (resourceType !== configResource.broker || !change.has(MIN_IN_SYNC) || !keepsEligible(image)) return null;
  if (resourceName !== "") {
    return apiError("INVALID_CONFIG", "Broker-level min.insync.replicas cannot be altered while ELR is enabled.");
  }
  if (change.get(MIN_IN_SYNC) !== null) return null;
  return apiError("INVALID_CONFIG", "Cluster-level min.insync.replicas cannot be removed while ELR is enabled.");
}

/** Eligible by an older value says nothing under the new one. */
export function forgetEligible(image: Settings, changes: readonly MetadataRecord[]): MetadataRecord[] {
  if (!keepsEligible(image)) return [];
  return changes.flatMap((record) => {
    if (record.name !== "ConfigRecord" || record.data.name !== MIN_IN_SYNC) return [];
    const { resourceType, resourceName } = record.data;
    const topicName = resourceType === configResource.topic ? resourceName : "";
    return [metadataRecord("ClearElrRecord", { topicName })];
  });
}
