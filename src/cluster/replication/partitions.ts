import type { Clock } from "../../lib/environment.js";
import type { MetadataImage, TopicImage } from "../../metadata/image/image.js";
import { errors } from "../../protocol/errors.js";
import type { LogStore } from "../../storage/folders/log-store.js";
import type { LogConfig } from "../../storage/log-config.js";
import type { PartitionLog } from "../../storage/partition-log.js";
import type { LeaderPorts } from "./leading/leader-ports.js";
import { Partition } from "./partition.js";

export interface PartitionsOptions {
  readonly nodeId: number;
  readonly clock: Clock;
  readonly store: LogStore;
  /** The configuration of a topic's logs under an image. */
  readonly logConfigOf: (topic: string, image: MetadataImage) => LogConfig;
  readonly ports: LeaderPorts;
  /** This broker plays another part for the partition from now on. */
  readonly onRole: (partition: Partition) => void;
}

/** Every partition of which this broker holds a replica, kept in step with the metadata. */
export class Partitions {
  readonly #options: PartitionsOptions;
  readonly #byTopic = new Map<string, Map<number, Partition>>();
  /** What the metadata brought from now on is new: it cannot have a log in a folder that nobody could read so far. */
  #hasCaughtUp = false;

  constructor(options: PartitionsOptions) {
    this.#options = options;
  }

  get(topic: string, index: number): Partition | undefined {
    return this.#byTopic.get(topic)?.get(index);
  }

  /** The partitions of one topic that this broker holds. */
  ofTopic(topic: string): Iterable<Partition> {
    return this.#byTopic.get(topic)?.values() ?? [];
  }

  *all(): Iterable<Partition> {
    for (const partitions of this.#byTopic.values()) yield* partitions.values();
  }

  /** Takes over what changed from one image to the next: stops first, then roles, so that a name can be used anew. */
  apply(before: MetadataImage, after: MetadataImage): void {
    for (const [name, topic] of before.topicsByName) {
      if (after.topicsByName.get(name)?.id !== topic.id) this.#deleteTopic(topic);
    }
    for (const [name, topic] of after.topicsByName) {
      const known = before.topicsByName.get(name);
      if (known !== topic) this.#applyTopic(topic, known?.id === topic.id ? known.partitions : [], after);
    }
    this.#hasCaughtUp = true;
  }

  /** Whether this is the log of one of them. */
  has({ topic, partition, topicId }: PartitionLog): boolean {
    const held = this.get(topic, partition);
    return held !== undefined && (topicId === null || topicId === held.topicId);
  }

  /** The folder of these logs has failed. */
  takeOffline(logs: readonly PartitionLog[]): void {
    for (const log of logs) {
      const partition = this.get(log.topic, log.partition);
      if (partition?.log === log) partition.stop(errors.KAFKA_STORAGE_ERROR.code);
    }
  }

  /** The second log has taken the place of the first. */
  hasMoved(source: PartitionLog, log: PartitionLog): void {
    const partition = this.get(source.topic, source.partition);
    if (partition?.log === source) partition.replaceLog(log);
  }

  /** Logs that could not be reached can be reached again. */
  takeBack(): void {
    for (const partition of this.all()) partition.takeBack();
  }

  /** The configuration of these topics changed. */
  configure(topics: Iterable<string>, image: MetadataImage): void {
    for (const topic of topics) {
      const config = this.#options.logConfigOf(topic, image);
      for (const partition of this.ofTopic(topic)) partition.configure(config);
    }
  }

  /** Of a large topic seldom more than one partition is another than `before`: the rest have nothing to hear. */
  #applyTopic(topic: TopicImage, before: TopicImage["partitions"], image: MetadataImage): void {
    const { nodeId, clock, store, logConfigOf, ports, onRole } = this.#options;
    const held = this.#byTopic.get(topic.name) ?? new Map<number, Partition>();
    let config: LogConfig | null = null;
    topic.partitions.forEach((partitionImage, index) => {
      if (before[index] === partitionImage) return;
      const known = held.get(index);
      if (!partitionImage.replicas.includes(nodeId)) {
        if (known !== undefined) this.#giveUp(known, held);
        return;
      }
      const which = { topic: topic.name, topicId: topic.id, index };
      config ??= logConfigOf(topic.name, image);
      const partition = known ?? new Partition({ ...which, nodeId, clock, store, config, ports, onRole });
      held.set(index, partition);
      const isOld = known === undefined && !this.#hasCaughtUp;
      if (isOld && store.isOutOfReach(topic.name, index, topic.id)) partition.stop(errors.KAFKA_STORAGE_ERROR.code);
      partition.apply(partitionImage);
    });
    if (held.size > 0) this.#byTopic.set(topic.name, held);
    else this.#byTopic.delete(topic.name);
  }

  /** The replica has moved to another broker. */
  #giveUp(partition: Partition, held: Map<number, Partition>): void {
    partition.stop(errors.NOT_LEADER_OR_FOLLOWER.code);
    held.delete(partition.index);
    this.#options.store.delete(partition.topic, partition.index);
  }

  #deleteTopic(topic: TopicImage): void {
    for (const partition of this.ofTopic(topic.name)) {
      partition.stop(errors.UNKNOWN_TOPIC_OR_PARTITION.code);
      this.#options.store.delete(topic.name, partition.index);
    }
    this.#byTopic.delete(topic.name);
  }
}
