/** What a controller writes before all else: so it leaves no state behind that this release does not understand. */
import { type SupportedFeature, supportedFeatures } from "../../metadata/features.js";
import type { MetadataImage } from "../../metadata/image/image.js";
import { type MetadataRecord, metadataRecord } from "../../metadata/records/metadata-record.js";
import type { ConfigRules } from "./config-rules.js";
import { agreeOnMinInSync, ELR_FEATURE } from "./partitions/eligible-replicas.js";

/**
 * A new cluster finalizes its features, and an older one those that it did not know yet. Any other controller begins with
 * a record that changes nothing: from its place the working image learns where the log ends, which is the epoch of the
 * next broker that registers.
 */
export function firstRecords(image: MetadataImage, rules: ConfigRules): MetadataRecord[] {
  const isNew = !image.features.has(ELR_FEATURE);
  const agreement = isNew ? agreeOnMinInSync(image, rules) : [];
  const records = [...endOfTransaction(image), ...featureRecords(image), ...agreement];
  return records.length === 0 ? [metadataRecord("NoOpRecord", {})] : records;
}

/** The controller before may have died in the middle of a metadata transaction (KIP-868). What it wrote of it is void. */
function endOfTransaction({ heldBack }: MetadataImage): MetadataRecord[] {
  if (heldBack === null) return [];
  return [metadataRecord("AbortTransactionRecord", { reason: "The controller that began it is gone" })];
}

/** The folder may come from Apache Kafka: what it can do and this release cannot is taken back (KIP-584). */
function featureRecords({ features }: MetadataImage): MetadataRecord[] {
  const missing = supportedFeatures.filter(({ name }) => !features.has(name));
  const beyond = [...features].map(([name, level]) => levelHere(name, level)).filter((feature) => feature !== null);
  return [...missing, ...beyond].map(({ name, maxVersion }) =>
    metadataRecord("FeatureLevelRecord", { name, featureLevel: maxVersion }),
  );
}

/** Null: this release can do it. Level 0 means that the feature is off. */
function levelHere(name: string, level: number): SupportedFeature | null {
  const known = supportedFeatures.find((feature) => feature.name === name);
  if (known === undefined) return { name, minVersion: 0, maxVersion: 0 };
  // Metadata of a later version than ours cannot be read: no broker of this release registers with such a cluster.
  return level <= known.maxVersion || name === "metadata.version" ? null : known;
}
