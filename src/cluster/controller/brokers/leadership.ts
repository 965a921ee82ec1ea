/** What brokers that come and go mean for the partitions: one record for each that changes. */
import type { MetadataImage, PartitionImage, TopicImage } from "../../../metadata/image/image.js";
import type { MetadataRecord } from "../../../metadata/records/metadata-record.js";
import type { LeaderRules } from "../partitions/leader-rules.js";
import { NO_LEADER } from "../partitions/partition-change.js";

/** A broker stops to serve: it leaves every in-sync set and every leadership, or as many as `limit` says. */
export function withoutBroker(
  image: MetadataImage,
  rules: LeaderRules,
  goes: number,
  limit = Number.POSITIVE_INFINITY,
): MetadataRecord[] {
  const without = (topic: TopicImage, { isr }: PartitionImage, partitionId: number) =>
    isr.includes(goes) ? rules.change(topic, partitionId, { isr: isr.filter((one) => one !== goes) }, { goes }) : [];
  return changes(image, without, limit);
}

/** A broker may have lost records that were acknowledged: it is neither in sync nor eligible anywhere (KIP-966). */
export function withoutLostBroker(image: MetadataImage, rules: LeaderRules, lost: number): MetadataRecord[] {
  return changes(image, (topic, { isr, eligibleLeaderReplicas }, partitionId) => {
    if (!isr.includes(lost) && !eligibleLeaderReplicas.includes(lost)) return [];
    return rules.change(topic, partitionId, { isr: isr.filter((one) => one !== lost), lost }, { goes: lost });
  });
}

/** A broker begins to serve: what has no leader may have one now. */
export function withBroker(image: MetadataImage, rules: LeaderRules, comes: number): MetadataRecord[] {
  return changes(image, (topic, { leader, replicas }, partitionId) =>
    leader === NO_LEADER && replicas.includes(comes) ? rules.change(topic, partitionId, {}, { comes }) : [],
  );
}

/** Folders of a broker failed: what lies in them is led elsewhere, and not in sync (KIP-858). */
export function withoutFolders(
  image: MetadataImage,
  rules: LeaderRules,
  brokerId: number,
  failed: ReadonlySet<string>,
): MetadataRecord[] {
  return changes(image, (topic, { isr, replicas, directories }, partitionId) => {
    const directory = directories[replicas.indexOf(brokerId)];
    if (directory === undefined || !failed.has(directory) || !isr.includes(brokerId)) return [];
    return rules.change(topic, partitionId, { isr: isr.filter((one) => one !== brokerId) }, { goes: brokerId });
  });
}

export function leadsAny(image: MetadataImage, brokerId: number): boolean {
  for (const { partitions } of image.topicsById.values()) {
    if (partitions.some(({ leader }) => leader === brokerId)) return true;
  }
  return false;
}

function changes(
  { topicsById }: MetadataImage,
  changeOf: (topic: TopicImage, partition: PartitionImage, partitionId: number) => MetadataRecord[],
  limit = Number.POSITIVE_INFINITY,
): MetadataRecord[] {
  const records: MetadataRecord[] = [];
  for (const topic of topicsById.values()) {
    for (const [partitionId, partition] of topic.partitions.entries()) {
      const [record] = changeOf(topic, partition, partitionId);
      if (record !== undefined) records.push(record);
      if (records.length >= limit) return records;
    }
  }
  return records;
}
