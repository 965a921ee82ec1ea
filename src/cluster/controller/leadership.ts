/** Who leads a partition when brokers come and go. A leader comes from the in-sync replicas, or there is none. */
import type { MetadataImage, PartitionImage } from "../../metadata/image.js";
import { type MetadataRecord, metadataRecord } from "../../metadata/records.js";
import { NO_LEADER_CHANGE } from "../../metadata/replay-partition.js";
import { isActive } from "./state.js";

export const NO_LEADER = -1;

/** A broker stops to serve: it leaves every in-sync set and every leadership. The last one in sync stays in it. */
export function withoutBroker(image: MetadataImage, brokerId: number): MetadataRecord[] {
  const mayLead = (replica: number) => replica !== brokerId && isActive(image.brokers.get(replica));
  return changes(image, mayLead, (partition) =>
    partition.isr.includes(brokerId) ? partition.isr.filter((replica) => replica !== brokerId) : null,
  );
}

/** A broker begins to serve: it leads what has no leader and counts it among the in-sync replicas. */
export function withBroker(image: MetadataImage, brokerId: number): MetadataRecord[] {
  const mayLead = (replica: number) => replica === brokerId || isActive(image.brokers.get(replica));
  return changes(image, mayLead, (partition) => (partition.leader === NO_LEADER ? candidates(partition) : null));
}

/** KIP-966: where Apache Kafka has emptied the in-sync set, it remembers who of it has all that was committed. */
function candidates({ isr, eligibleLeaderReplicas }: PartitionImage): readonly number[] {
  return isr.length > 0 ? isr : eligibleLeaderReplicas;
}

export function leadsAny(image: MetadataImage, brokerId: number): boolean {
  for (const { partitions } of image.topicsById.values()) {
    if (partitions.some(({ leader }) => leader === brokerId)) return true;
  }
  return false;
}

/** One record for each partition that changes. `targetIsr` says null where there is nothing to look at. */
function changes(
  image: MetadataImage,
  mayLead: (replica: number) => boolean,
  targetIsr: (partition: PartitionImage) => readonly number[] | null,
): MetadataRecord[] {
  const records: MetadataRecord[] = [];
  for (const { id: topicId, partitions } of image.topicsById.values()) {
    partitions.forEach((partition, partitionId) => {
      const target = targetIsr(partition);
      if (target === null) return;
      const elected = elect(partition, target, mayLead);
      const leader = elected === partition.leader ? NO_LEADER_CHANGE : elected;
      if (partition.isr.length === 0 && elected !== NO_LEADER) {
        const elr = { eligibleLeaderReplicas: [], lastKnownElr: [] };
        records.push(metadataRecord("PartitionChangeRecord", { topicId, partitionId, leader, isr: [elected], ...elr }));
        return;
      }
      const isr = target.length === 0 || target.length === partition.isr.length ? null : target;
      if (leader === NO_LEADER_CHANGE && isr === null) return;
      records.push(metadataRecord("PartitionChangeRecord", { topicId, partitionId, leader, isr }));
    });
  }
  return records;
}

/** The leader stays if it can; else the first replica that is in sync and may lead. */
function elect(partition: PartitionImage, isr: readonly number[], mayLead: (replica: number) => boolean): number {
  const isEligible = (replica: number) => isr.includes(replica) && mayLead(replica);
  if (isEligible(partition.leader)) return partition.leader;
  return partition.replicas.find(isEligible) ?? NO_LEADER;
}
