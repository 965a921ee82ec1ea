/** The inverse of `apply`: the records that make an image out of nothing. What a snapshot holds. */
import { invariant } from "../../lib/invariant.js";
import type { BrokerImage, MetadataImage, PartitionImage, TopicImage } from "../image/image.js";
import { type MetadataRecord, metadataRecord } from "../records/metadata-record.js";

/** In Apache Kafka's own order: each record can be read with what the ones before it have said. */
export function* imageRecords(image: MetadataImage): Generator<MetadataRecord> {
  invariant(image.heldBack === null, "no snapshot is taken inside of a metadata transaction");
  // Whoever reads a snapshot of Apache Kafka begins with the version of all that follows.
  const features = [...image.features].sort(([name]) => (name === "metadata.version" ? -1 : 1));
  for (const [name, featureLevel] of features) yield metadataRecord("FeatureLevelRecord", { name, featureLevel });
  for (const broker of image.brokers.values()) yield brokerRecord(broker);
  for (const topic of image.topicsById.values()) yield* topicRecords(topic);
  yield* configRecords(image);
  yield* quotaRecords(image);
  yield* credentialRecords(image);
  if (image.nextProducerId > 0) {
    const { nextProducerId } = image;
    yield metadataRecord("ProducerIdsRecord", { brokerId: -1, brokerEpoch: -1, nextProducerId });
  }
  yield* image.keptRecords.values();
}

function brokerRecord(broker: BrokerImage): MetadataRecord {
  const { id: brokerId, epoch: brokerEpoch, endpoints, features, logDirs, cordonedLogDirs, ...same } = broker;
  return metadataRecord("RegisterBrokerRecord", {
    ...{ brokerId, brokerEpoch, ...same },
    endPoints: [...endpoints],
    features: [...features],
    logDirs: [...logDirs],
    cordonedLogDirs: cordonedLogDirs === null ? null : [...cordonedLogDirs],
  });
}

function* topicRecords({ name, id, partitions }: TopicImage): Generator<MetadataRecord> {
  yield metadataRecord("TopicRecord", { name, topicId: id });
  for (const [partitionId, partition] of partitions.entries()) yield partitionRecord(id, partitionId, partition);
}

function partitionRecord(topicId: string, partitionId: number, partition: PartitionImage): MetadataRecord {
  const { eligibleLeaderReplicas, lastKnownElr, leader, leaderEpoch, partitionEpoch, leaderRecoveryState } = partition;
  return metadataRecord("PartitionRecord", {
    ...{ partitionId, topicId, leader, leaderEpoch, partitionEpoch, leaderRecoveryState },
    replicas: [...partition.replicas],
    isr: [...partition.isr],
    removingReplicas: [...partition.removingReplicas],
    addingReplicas: [...partition.addingReplicas],
    directories: [...partition.directories],
    eligibleLeaderReplicas: orNull(eligibleLeaderReplicas),
    lastKnownElr: orNull(lastKnownElr),
  });
}

/** As Apache Kafka writes it: no list where there is nothing. */
function orNull(ids: readonly number[]): number[] | null {
  return ids.length === 0 ? null : [...ids];
}

function* configRecords({ configs }: MetadataImage): Generator<MetadataRecord> {
  for (const [key, settings] of configs) {
    const slash = key.indexOf("/");
    const resource = { resourceType: Number(key.slice(0, slash)), resourceName: key.slice(slash + 1) };
    for (const [name, value] of settings) yield metadataRecord("ConfigRecord", { ...resource, name, value });
  }
}

function* quotaRecords({ clientQuotas }: MetadataImage): Generator<MetadataRecord> {
  for (const { entity, quotas } of clientQuotas.values()) {
    for (const [key, value] of quotas) {
      yield metadataRecord("ClientQuotaRecord", { entity: [...entity], key, value, remove: false });
    }
  }
}

function* credentialRecords({ scramCredentials }: MetadataImage): Generator<MetadataRecord> {
  for (const [name, byMechanism] of scramCredentials) {
    for (const [mechanism, credential] of byMechanism) {
      yield metadataRecord("UserScramCredentialRecord", { name, mechanism, ...credential });
    }
  }
}
