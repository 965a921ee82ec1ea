/** For tests: Fetch and Produce at one broker of three, which has a replica of the only partition; the others are played by hand. */
import { settled } from "../../../tests/support/manual-environment.js";
import type { IsrAnswer, IsrProposal } from "../../cluster/replication/leading/isr-proposals.js";
import type { Partition } from "../../cluster/replication/partition.js";
import { Partitions } from "../../cluster/replication/partitions.js";
import { withoutPeers } from "../../cluster/replication/replication.test-data.js";
import { FetchSessions } from "../../cluster/replication/sessions/fetch-sessions.js";
import { configWith } from "../../config/config.test-data.js";
import { invariant } from "../../lib/invariant.js";
import { Waiters } from "../../lib/waiters.js";
import { emptyImage } from "../../metadata/image/empty.js";
import type { BrokerImage, MetadataImage, PartitionImage } from "../../metadata/image/image.js";
import { partitionOfBroker1 } from "../../metadata/image/image.test-data.js";
import { Produce } from "../../protocol/messages/00-produce.js";
import { Fetch } from "../../protocol/messages/01-fetch.js";
import { readBatches } from "../../protocol/records/batch.js";
import { ReplicationQuota } from "../../quotas/replication-quota.js";
import type { LogStore } from "../../storage/folders/log-store.js";
import { batchOf, logConfig, memoryFiles, openStore, StillClock } from "../../storage/storage.test-data.js";
import { ask, imageWith } from "../ask.test-data.js";
import { produce } from "./00-produce.js";
import { fetch } from "./01-fetch.js";

const RACK_AWARE = "replica.selector.class=org.apache.kafka.common.replica.RackAwareReplicaSelector";
const replicated: PartitionImage = { ...partitionOfBroker1, replicas: [1, 2, 3], isr: [1, 2, 3], leaderEpoch: 3 };

interface Asking {
  readonly from?: number;
  readonly replicaId?: number;
  readonly brokerEpoch?: number;
  readonly lastFetchedEpoch?: number;
  readonly rackId?: string;
  readonly maxWaitMs?: number;
  readonly knownHighWatermark?: number;
  readonly sessionId?: number;
  readonly sessionEpoch?: number;
  readonly version?: number;
}

/** It leads orders-0 until it is told otherwise. */
export class BrokerOfThree {
  readonly wire = new StillClock();
  readonly throttle = new ReplicationQuota(this.wire, { windows: 11, windowMs: 1_000 });
  readonly proposed: IsrProposal[] = [];
  /** To the last proposal. */
  answer: (to: IsrAnswer) => void = () => {};
  readonly orders: Partition;
  /** What the caller may not do, as `Topic:orders`. */
  forbidden: readonly string[] = [];
  config = configWith(RACK_AWARE);
  #image: MetadataImage = emptyImage;
  readonly #partitions: Partitions;
  readonly #turn: (() => void)[] = [];
  readonly #waiters = new Waiters({ wire: this.wire, endOfTurn: (run) => this.#turn.push(run) }, 10);
  #sessions = 0;
  readonly #fetchSessions = new FetchSessions({
    ...{ wire: this.wire, slotsMax: 10 },
    random: { below: () => this.#sessions++ },
  });

  private constructor(store: LogStore) {
    const { ports, onRole } = withoutPeers(this.wire);
    const config = { ...logConfig, minInsyncReplicas: 2 };
    this.#partitions = new Partitions({
      ...{ nodeId: 1, clock: new StillClock(), store, onRole },
      ports: {
        ...{ ...ports, throttle: this.throttle, brokers: () => this.#image.brokers },
        propose: (proposal) => {
          this.proposed.push(proposal);
          this.answer = (to) => proposal.onAnswer(to);
        },
      },
      logConfigOf: () => config,
    });
    this.become({});
    const partition = this.#partitions.get("orders", 0);
    invariant(partition !== undefined, "broker 1 has a replica");
    this.orders = partition;
  }

  static async open(): Promise<BrokerOfThree> {
    return new BrokerOfThree(await openStore(memoryFiles()));
  }

  /** Ends the turn of the loop: what waits is tried once. */
  async endTurn(): Promise<void> {
    for (const run of this.#turn.splice(0)) run();
    await settled();
  }

  /** The metadata says so of orders-0, and of those that follow it; the brokers 1 to 3 are in racks a to c. */
  become(...changes: readonly Partial<PartitionImage>[]): void {
    const one = imageWith({ orders: changes.length });
    const [topic] = one.topicsByName.values();
    const [first] = one.brokers.values();
    invariant(topic !== undefined && first !== undefined, "there is one of each");
    const partitionEpoch = (this.#image.topicsByName.get("orders")?.partitions[0]?.partitionEpoch ?? 0) + 1;
    const changed = { ...topic, partitions: changes.map((of) => ({ ...replicated, partitionEpoch, ...of })) };
    const broker = (id: number, rack: string): [number, BrokerImage] => [id, { ...first, id, rack, epoch: 7 }];
    const after = {
      ...one,
      brokers: new Map([broker(1, "a"), broker(2, "b"), broker(3, "c")]),
      topicsByName: new Map([["orders", changed]]),
      topicsById: new Map([[topic.id, changed]]),
    };
    const before = this.#image;
    this.#partitions.apply(before, after);
    this.#image = after;
  }

  async fetch(asking: Asking) {
    const { from = 0, replicaId = -1, brokerEpoch = 7, lastFetchedEpoch = -1, rackId = "", maxWaitMs = 0 } = asking;
    const { knownHighWatermark = 1_000, sessionId = 0, sessionEpoch = -1, version = 18 } = asking;
    const [topic] = this.#image.topicsByName.values();
    const asked = {
      ...{ partition: 0, fetchOffset: from, lastFetchedEpoch, currentLeaderEpoch: -1, partitionMaxBytes: 1_000_000 },
      ...(version < 18 ? {} : { highWatermark: BigInt(knownHighWatermark) }),
    };
    const request = {
      ...{ maxWaitMs, minBytes: 1, sessionId, sessionEpoch, rackId },
      // A consumer of an older version has no field for it.
      ...(replicaId < 0 ? {} : { replicaState: { replicaId, replicaEpoch: brokerEpoch } }),
      topics: sessionEpoch > 0 ? [] : [{ topic: topic?.name ?? "", topicId: topic?.id ?? "", partitions: [asked] }],
      forgottenTopicsData: [],
    };
    const arrivedMs = this.wire.monotonicMs();
    const response = await ask(fetch, Fetch, version, request, { ...this.#caller(), arrivedMs });
    const [told] = response.responses[0]?.partitions ?? [];
    const { batches } = readBatches(told?.records ?? new Uint8Array());
    return { ...told, sessionId: response.sessionId, offsets: batches.map(({ baseOffset }) => baseOffset) };
  }

  followerFetches(replicaId: number, from: number, more: Asking = {}) {
    return this.fetch({ replicaId, from, ...more });
  }

  async produce(acks: number, timeoutMs = 1_000) {
    return (await this.produceTo([0], acks, timeoutMs))[0];
  }

  /** One record to each of these partitions. */
  async produceTo(indexes: readonly number[], acks: number, timeoutMs: number) {
    const [topic] = this.#image.topicsByName.values();
    const partitionData = indexes.map((index) => ({ index, records: batchOf(1) }));
    const topicData = [{ topicId: topic?.id ?? "", partitionData }];
    const response = await ask(produce, Produce, 13, { acks, timeoutMs, topicData }, this.#caller());
    return response.responses[0]?.partitionResponses.map(({ errorCode }) => errorCode) ?? [];
  }

  #caller(): Parameters<typeof ask>[4] {
    return {
      image: this.#image,
      forbidden: this.forbidden,
      broker: {
        ...{ partitions: this.#partitions, config: this.config, fetchSessions: this.#fetchSessions },
        environment: { wire: this.wire } as never,
        park: (_, parked) => void this.#waiters.park(parked),
      },
    };
  }
}
