/** Follows the metadata beside the brokers, and sees that no leader epoch has two leaders. */
import { invariant } from "../../../src/lib/invariant.js";
import { apply } from "../../../src/metadata/apply.js";
import { emptyImage } from "../../../src/metadata/empty.js";
import type { MetadataEngine } from "../../../src/metadata/engine.js";
import type { MetadataImage, PartitionImage } from "../../../src/metadata/image.js";
import { RecordBatch } from "../../../src/protocol/records/batch.js";
import { asBuffer } from "../../../src/protocol/records/int64.js";

export class MetadataObserver {
  image: MetadataImage = emptyImage;
  readonly #leaders = new Map<string, number>();

  follow(engine: MetadataEngine): void {
    const never = new AbortController();
    void engine.follow(0, (batch) => this.#take(batch), never.signal);
  }

  partitionsOf(topic: string): readonly PartitionImage[] {
    return this.image.topicsByName.get(topic)?.partitions ?? [];
  }

  /** Every broker has every partition and is in sync. */
  isWhole(topic: string, brokers: number): boolean {
    const partitions = this.partitionsOf(topic);
    return partitions.every(
      ({ isr, leader, replicas }) => isr.length === brokers && replicas.length === brokers && leader >= 0,
    );
  }

  #take(batch: Uint8Array): void {
    this.image = apply(this.image, new RecordBatch(asBuffer(Uint8Array.from(batch)), 0));
    for (const { id, partitions } of this.image.topicsById.values()) {
      for (const [index, partition] of partitions.entries()) this.#check(`${id}-${index}`, partition);
    }
  }

  #check(name: string, { leader, leaderEpoch, isr, replicas }: PartitionImage): void {
    const key = `${name} in epoch ${leaderEpoch}`;
    const known = this.#leaders.get(key) ?? leader;
    invariant(known === leader, `${key} is led by ${known} and ${leader}`);
    this.#leaders.set(key, leader);
    invariant(leader < 0 || isr.includes(leader), `${key} is led by one in sync`);
    invariant(
      isr.every((replica) => replicas.includes(replica)),
      `${key} has only replicas in sync`,
    );
  }
}
