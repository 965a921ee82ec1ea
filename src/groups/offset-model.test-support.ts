/** What the offsets of the group `g` must be, as those know it who commit them, as members or within transactions. */
import fc from "fast-check";
import { expect } from "vitest";
import { ZERO_UUID } from "../protocol/wire/zero-uuid.js";
import type { GroupShard } from "./group-shard.test-support.js";
import { type CommitOptions, commitOffset } from "./member.test-support.js";

/** No metadata ever speaks of it, so that nobody deletes it. */
const TOPIC = "offsets";
const PARTITIONS = 2;
const PRODUCERS = 2;

export const offsetStep = fc.record({
  does: fc.constantFrom("commit", "commit", "commitInTransaction", "endTransaction"),
  partition: fc.nat(PARTITIONS - 1),
  producerId: fc.nat(PRODUCERS - 1),
  commit: fc.boolean(),
});
export type OffsetStep = typeof offsetStep extends fc.Arbitrary<infer T> ? T : never;

interface Commit {
  readonly offset: number;
  /** Of two commits the later one counts, whichever way each was made. */
  readonly order: number;
}

export class OffsetModel {
  readonly #shard: GroupShard;
  readonly #committed = new Map<number, Commit>();
  readonly #pending = new Map<number, Map<number, Commit>>();
  #commits = 0;

  constructor(shard: GroupShard) {
    this.#shard = shard;
  }

  run({ does, partition, producerId, commit }: OffsetStep, member: CommitOptions): void {
    if (does === "commit") this.#commit(partition, member);
    else if (does === "commitInTransaction") this.#commitInTransaction(partition, producerId);
    else this.#endTransaction(producerId, commit);
  }

  /** With all that it had, and all that open transactions would have brought. */
  deleteGroup(): void {
    const { reply } = this.#shard.call("deleteGroups", { groupIds: ["g"] });
    if (reply?.[0]?.errorCode !== 0) return;
    this.#committed.clear();
    this.#pending.clear();
  }

  /** No offset goes back, forward or away unless somebody was told so. */
  check(): void {
    const group = this.#shard.state.groups.get("g");
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const found = group?.offsets.get(TOPIC, partition)?.offset ?? null;
      expect(found).toBe(this.#committed.get(partition)?.offset ?? null);
      for (let producerId = 0; producerId < PRODUCERS; producerId++) {
        const pending = group?.pendingOffsets.get(producerId)?.get(TOPIC, partition)?.offset ?? null;
        expect(pending).toBe(this.#pending.get(producerId)?.get(partition)?.offset ?? null);
      }
    }
  }

  #next(): Commit {
    const order = ++this.#commits;
    return { offset: (order * 7_919) % 1_000, order };
  }

  #commit(partition: number, member: CommitOptions): void {
    const commit = this.#next();
    const { reply } = commitOffset(this.#shard, { ...member, topic: TOPIC, partition, offset: commit.offset });
    if (reply?.topics[0]?.partitions[0]?.errorCode === 0) this.#committed.set(partition, commit);
  }

  #commitInTransaction(partitionIndex: number, producerId: number): void {
    const commit = this.#next();
    const partition = {
      partitionIndex,
      committedOffset: commit.offset,
      committedLeaderEpoch: 0,
      committedMetadata: "",
    };
    const { reply } = this.#shard.call("txnOffsetCommit", {
      ...{ transactionalId: "x", groupId: "g", producerId, producerEpoch: 0 },
      ...{ generationId: -1, memberId: "", groupInstanceId: null },
      topics: [{ name: TOPIC, topicId: ZERO_UUID, partitions: [partition] }],
    });
    if (reply?.topics[0]?.partitions[0]?.errorCode !== 0) return;
    this.#pending.set(producerId, (this.#pending.get(producerId) ?? new Map()).set(partitionIndex, commit));
  }

  #endTransaction(producerId: number, commit: boolean): void {
    this.#shard.endTransaction(producerId, commit);
    const pending = this.#pending.get(producerId) ?? new Map<number, Commit>();
    this.#pending.delete(producerId);
    if (!commit) return;
    for (const [partition, one] of pending) {
      if (one.order > (this.#committed.get(partition)?.order ?? 0)) this.#committed.set(partition, one);
    }
  }
}
