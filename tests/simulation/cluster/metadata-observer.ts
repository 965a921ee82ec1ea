/** Follows the metadata beside the brokers, and sees that no leader epoch has two leaders. */
import { partitionFor } from "../../../src/broker/coordinating/shards.js";
import { invariant } from "../../../src/lib/invariant.js";
import type { MetadataEngine } from "../../../src/metadata/engine.js";
import { apply } from "../../../src/metadata/image/apply.js";
import { emptyImage } from "../../../src/metadata/image/empty.js";
import type { MetadataImage, PartitionImage, TopicImage } from "../../../src/metadata/image/image.js";
import { RecordBatch } from "../../../src/protocol/records/batch.js";
import { asBuffer } from "../../../src/protocol/records/int64.js";
import type { Roles } from "./cluster-client.js";

const coordinatorTopics = { 0: "__consumer_offsets", 1: "__transaction_state" };

export class MetadataObserver implements Roles {
  image: MetadataImage = emptyImage;
  /** A partition is new, or another than before. */
  onChange: (topicId: string, index: number) => void = () => {};
  readonly #leaders = new Map<string, number>();

  follow(engine: MetadataEngine): void {
    const never = new AbortController();
    // What fails here fails the run, and not the engine.
    const take = (batch: Uint8Array) => {
      const copy = Uint8Array.from(batch);
      queueMicrotask(() => this.#take(copy));
    };
    void engine.follow(0, take, never.signal);
  }

  /** Of all topics. */
  partitions(): readonly PartitionImage[] {
    return [...this.image.topicsById.values()].flatMap(({ partitions }) => partitions);
  }

  coordinates(nodeId: number, keyType: 0 | 1, key: string): boolean {
    const { partitions } = this.image.topicsByName.get(coordinatorTopics[keyType]) ?? { partitions: [] };
    return partitions.length > 0 && partitions[partitionFor(key, partitions.length)]?.leader === nodeId;
  }

  leaderEpochOf(nodeId: number, topic: string, partition: number): number | null {
    const { topicsById, topicsByName } = this.image;
    const { partitions } = topicsById.get(topic) ?? topicsByName.get(topic) ?? { partitions: [] };
    const { leader, leaderEpoch = null } = partitions[partition] ?? {};
    return leader === nodeId ? leaderEpoch : null;
  }

  #take(batch: Uint8Array): void {
    const before = this.image;
    this.image = apply(before, new RecordBatch(asBuffer(batch), 0));
    for (const [id, topic] of this.image.topicsById) {
      const areBrokersSame = this.image.brokers === before.brokers;
      const known = before.topicsById.get(id);
      if (known !== topic || !areBrokersSame) this.#check(topic, areBrokersSame ? known : undefined);
    }
  }

  #check({ id, partitions }: TopicImage, before: TopicImage | undefined): void {
    for (const [index, partition] of partitions.entries()) {
      if (before?.partitions[index] === partition) continue;
      this.#checkPartition(`${id}-${index}`, partition);
      this.onChange(id, index);
    }
  }

  #checkPartition(name: string, { leader, leaderEpoch, isr, replicas }: PartitionImage): void {
    const key = `${name} in epoch ${leaderEpoch}`;
    const known = this.#leaders.get(key) ?? leader;
    invariant(known === leader, `${key} is led by ${known} and ${leader}`);
    this.#leaders.set(key, leader);
    invariant(leader < 0 || isr.includes(leader), `${key} is led by one in sync`);
    const fenced = isr.filter((replica) => this.image.brokers.get(replica)?.fenced !== false);
    invariant(fenced.length === 0, `${key} has only living brokers in sync, but: ${fenced}`);
    invariant(
      isr.every((replica) => replicas.includes(replica)),
      `${key} has only replicas in sync`,
    );
  }
}
