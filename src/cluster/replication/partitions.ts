import type { Clock } from "../../lib/environment.js";
import type { MetadataImage, TopicImage } from "../../metadata/image.js";
import { errors } from "../../protocol/errors.js";
import type { LogConfig } from "../../storage/log-config.js";
import type { LogStore } from "../../storage/log-store.js";
import { Partition } from "./partition.js";

export interface PartitionsOptions {
  readonly nodeId: number;
  readonly clock: Clock;
  readonly store: LogStore;
  /** The configuration of a topic's logs under an image. */
  readonly logConfigOf: (topic: string, image: MetadataImage) => LogConfig;
}

/** Every partition of which this broker holds a replica, kept in step with the metadata. */
export class Partitions {
  readonly #options: PartitionsOptions;
  readonly #byTopic = new Map<string, Map<number, Partition>>();

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
      if (before.topicsByName.get(name) !== topic) this.#applyTopic(topic, after);
    }
  }

  /** The configuration of these topics changed. */
  configure(topics: Iterable<string>, image: MetadataImage): void {
    for (const topic of topics) {
      const config = this.#options.logConfigOf(topic, image);
      for (const partition of this.ofTopic(topic)) partition.configure(config);
    }
  }

  #applyTopic(topic: TopicImage, image: MetadataImage): void {
    const { nodeId, clock, store, logConfigOf } = this.#options;
    const held = this.#byTopic.get(topic.name) ?? new Map<number, Partition>();
    const config = logConfigOf(topic.name, image);
    topic.partitions.forEach((partitionImage, index) => {
      if (!partitionImage.replicas.includes(nodeId)) return;
      const partition =
        held.get(index) ?? new Partition({ topic: topic.name, topicId: topic.id, index, nodeId, clock, store, config });
      held.set(index, partition);
      partition.apply(partitionImage);
    });
    if (held.size > 0) this.#byTopic.set(topic.name, held);
  }

  #deleteTopic(topic: TopicImage): void {
    for (const partition of this.ofTopic(topic.name)) {
      partition.stop(errors.UNKNOWN_TOPIC_OR_PARTITION.code);
      this.#options.store.delete(topic.name, partition.index);
    }
    this.#byTopic.delete(topic.name);
  }
}
