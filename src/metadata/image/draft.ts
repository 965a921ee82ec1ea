import { invariant, unreachable } from "../../lib/invariant.js";
import { supportedFeatures } from "../features.js";
import type { MetadataRecord, RecordData, StatementRecord } from "../records/metadata-record.js";
import { CopyOnWrite } from "./copy-on-write.js";
import {
  type BrokerImage,
  type ClientQuotaImage,
  configKey,
  configResource,
  type MetadataImage,
  type PartitionImage,
  type ScramCredentialImage,
  type TopicImage,
} from "./image.js";
import { changedBroker, registeredBroker } from "./replay-broker.js";
import { replayKept } from "./replay-kept.js";
import { changedPartition, newPartition } from "./replay-partition.js";
import { replayCredential, replayQuota, replayRemovedCredential } from "./replay-users.js";

/**
 * An image in the making. It reads like an image at every moment, so the controller uses one as its working image;
 * `share` hands out what it holds as an image that never changes. A map is copied when it is first written after that.
 */
export class ImageDraft implements MetadataImage {
  endOffset: number;
  epoch: number;
  nextProducerId: number;
  heldBack: StatementRecord[] | null;
  readonly #brokers: CopyOnWrite<number, BrokerImage>;
  readonly #topicsByName: CopyOnWrite<string, TopicImage>;
  readonly #topicsById: CopyOnWrite<string, TopicImage>;
  readonly #configs: CopyOnWrite<string, ReadonlyMap<string, string>>;
  readonly #features: CopyOnWrite<string, number>;
  readonly #clientQuotas: CopyOnWrite<string, ClientQuotaImage>;
  readonly #scramCredentials: CopyOnWrite<string, ReadonlyMap<number, ScramCredentialImage>>;
  readonly #keptRecords: CopyOnWrite<string, StatementRecord>;
  /** The partition lists that nobody else has seen, by topic id. */
  readonly #ownPartitions = new Map<string, PartitionImage[]>();

  constructor(base: MetadataImage) {
    this.endOffset = base.endOffset;
    this.epoch = base.epoch;
    this.nextProducerId = base.nextProducerId;
    this.heldBack = base.heldBack === null ? null : [...base.heldBack];
    this.#brokers = new CopyOnWrite(base.brokers);
    this.#topicsByName = new CopyOnWrite(base.topicsByName);
    this.#topicsById = new CopyOnWrite(base.topicsById);
    this.#configs = new CopyOnWrite(base.configs);
    this.#features = new CopyOnWrite(base.features);
    this.#clientQuotas = new CopyOnWrite(base.clientQuotas);
    this.#scramCredentials = new CopyOnWrite(base.scramCredentials);
    this.#keptRecords = new CopyOnWrite(base.keptRecords);
  }

  get brokers(): ReadonlyMap<number, BrokerImage> {
    return this.#brokers.map;
  }

  get topicsByName(): ReadonlyMap<string, TopicImage> {
    return this.#topicsByName.map;
  }

  get topicsById(): ReadonlyMap<string, TopicImage> {
    return this.#topicsById.map;
  }

  get configs(): ReadonlyMap<string, ReadonlyMap<string, string>> {
    return this.#configs.map;
  }

  get features(): ReadonlyMap<string, number> {
    return this.#features.map;
  }

  get clientQuotas(): ReadonlyMap<string, ClientQuotaImage> {
    return this.#clientQuotas.map;
  }

  get scramCredentials(): ReadonlyMap<string, ReadonlyMap<number, ScramCredentialImage>> {
    return this.#scramCredentials.map;
  }

  get keptRecords(): ReadonlyMap<string, StatementRecord> {
    return this.#keptRecords.map;
  }

  /** What the draft holds now, for good. */
  share(): MetadataImage {
    this.#ownPartitions.clear();
    return {
      endOffset: this.endOffset,
      epoch: this.epoch,
      brokers: this.#brokers.share(),
      topicsByName: this.#topicsByName.share(),
      topicsById: this.#topicsById.share(),
      configs: this.#configs.share(),
      features: this.#features.share(),
      clientQuotas: this.#clientQuotas.share(),
      scramCredentials: this.#scramCredentials.share(),
      nextProducerId: this.nextProducerId,
      keptRecords: this.#keptRecords.share(),
      heldBack: this.heldBack === null ? null : [...this.heldBack],
    };
  }

  /** The log is read up to `endOffset`, also where it holds no metadata. */
  advance(endOffset: number, epoch: number): void {
    this.endOffset = endOffset;
    this.epoch = epoch;
  }

  /**
   * A batch is atomic. What counts together and has no room in one comes as a metadata transaction (KIP-868), and so do the
   * first records of Apache Kafka: nothing of it counts before its end.
   */
  replay(record: MetadataRecord): void {
    switch (record.name) {
      case "BeginTransactionRecord":
        this.heldBack = [];
        return;
      case "EndTransactionRecord":
        for (const held of this.heldBack ?? []) this.#replay(held);
        this.heldBack = null;
        return;
      case "AbortTransactionRecord":
        this.heldBack = null;
        return;
      default:
        if (this.heldBack === null) this.#replay(record);
        else this.heldBack.push(record);
    }
  }

  // biome-ignore lint/complexity/noExcessiveLinesPerFunction: a case for each kind of record, and nothing else.
  #replay(record: StatementRecord): void {
    switch (record.name) {
      case "RegisterBrokerRecord":
        this.#brokers.own().set(record.data.brokerId, registeredBroker(record.data));
        return;
      case "UnregisterBrokerRecord":
        this.#brokers.own().delete(this.#broker(record.data.brokerId, record.data.brokerEpoch).id);
        return;
      case "FenceBrokerRecord":
        this.#putBroker({ ...this.#broker(record.data.id, record.data.epoch), fenced: true });
        return;
      case "UnfenceBrokerRecord":
        this.#putBroker({ ...this.#broker(record.data.id, record.data.epoch), fenced: false });
        return;
      case "BrokerRegistrationChangeRecord":
        this.#putBroker(changedBroker(this.#broker(record.data.brokerId, record.data.brokerEpoch), record.data));
        return;
      case "TopicRecord":
        this.#putTopic({ name: record.data.name, id: record.data.topicId, partitions: [] });
        return;
      case "RemoveTopicRecord":
        this.#removeTopic(this.#topic(record.data.topicId));
        return;
      case "PartitionRecord":
        this.#putPartition(record.data);
        return;
      case "PartitionChangeRecord":
        this.#changePartition(record.data);
        return;
      case "ClearElrRecord":
        this.#clearElr(record.data.topicName);
        return;
      case "ConfigRecord":
        this.#putConfig(record.data);
        return;
      case "FeatureLevelRecord":
        this.#putFeature(record.data);
        return;
      case "ClientQuotaRecord":
        replayQuota(this.#clientQuotas.own(), record.data);
        return;
      case "UserScramCredentialRecord":
        replayCredential(this.#scramCredentials.own(), record.data);
        return;
      case "RemoveUserScramCredentialRecord":
        replayRemovedCredential(this.#scramCredentials.own(), record.data);
        return;
      case "ProducerIdsRecord":
        this.nextProducerId = record.data.nextProducerId;
        return;
      case "RegisterControllerRecord":
      case "DelegationTokenRecord":
      case "RemoveDelegationTokenRecord":
      case "AccessControlEntryRecord":
      case "RemoveAccessControlEntryRecord":
      case "ZkMigrationStateRecord":
        replayKept(this.#keptRecords.own(), record);
        return;
      case "NoOpRecord":
        return;
      default:
        unreachable(record);
    }
  }

  #broker(id: number, epoch: number): BrokerImage {
    const broker = this.brokers.get(id);
    invariant(broker?.epoch === epoch, `broker ${id} is registered with epoch ${epoch}`);
    return broker;
  }

  #putBroker(broker: BrokerImage): void {
    this.#brokers.own().set(broker.id, broker);
  }

  #topic(id: string): TopicImage {
    const topic = this.topicsById.get(id);
    invariant(topic !== undefined, `topic ${id} exists`);
    return topic;
  }

  #putTopic(topic: TopicImage): void {
    this.#topicsByName.own().set(topic.name, topic);
    this.#topicsById.own().set(topic.id, topic);
  }

  #removeTopic({ id, name }: TopicImage): void {
    this.#topicsByName.own().delete(name);
    this.#topicsById.own().delete(id);
    this.#ownPartitions.delete(id);
    const key = configKey(configResource.topic, name);
    if (this.configs.has(key)) this.#configs.own().delete(key);
  }

  #putPartition(data: RecordData<"PartitionRecord">): void {
    const partitions = this.#partitionsToWrite(data.topicId);
    invariant(data.partitionId <= partitions.length, `partition ${data.partitionId} comes after the one before it`);
    partitions[data.partitionId] = newPartition(data);
  }

  #changePartition(data: RecordData<"PartitionChangeRecord">): void {
    const partitions = this.#partitionsToWrite(data.topicId);
    const before = partitions[data.partitionId];
    invariant(before !== undefined, `partition ${data.partitionId} of topic ${data.topicId} exists`);
    partitions[data.partitionId] = changedPartition(before, data);
  }

  /** The list of a topic's partitions, copied when others may have seen it. */
  #partitionsToWrite(topicId: string): PartitionImage[] {
    const own = this.#ownPartitions.get(topicId);
    if (own !== undefined) return own;
    const topic = this.#topic(topicId);
    const copy = [...topic.partitions];
    this.#ownPartitions.set(topicId, copy);
    this.#putTopic({ ...topic, partitions: copy });
    return copy;
  }

  #clearElr(topicName: string): void {
    for (const { id, name, partitions } of [...this.topicsById.values()]) {
      if (topicName !== "" && topicName !== name) continue;
      partitions.forEach((partition, index) => {
        if (partition.eligibleLeaderReplicas.length + partition.lastKnownElr.length === 0) return;
        const { partitionEpoch } = partition;
        const cleared = { eligibleLeaderReplicas: [], lastKnownElr: [], partitionEpoch: partitionEpoch + 1 };
        this.#partitionsToWrite(id)[index] = { ...partition, ...cleared };
      });
    }
  }

  /** What this release can do and somebody switched off stays off at level 0; of anything else nothing remains. */
  #putFeature({ name, featureLevel }: RecordData<"FeatureLevelRecord">): void {
    const isKnown = supportedFeatures.some((feature) => feature.name === name);
    if (featureLevel === 0 && !isKnown) this.#features.own().delete(name);
    else this.#features.own().set(name, featureLevel);
  }

  #putConfig({ resourceType, resourceName, name, value }: RecordData<"ConfigRecord">): void {
    const key = configKey(resourceType, resourceName);
    const settings = new Map(this.configs.get(key));
    if (value === null) settings.delete(name);
    else settings.set(name, value);
    if (settings.size === 0) this.#configs.own().delete(key);
    else this.#configs.own().set(key, settings);
  }
}
