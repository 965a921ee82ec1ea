/** Fetch and Produce where several brokers have the partition: what followers and consumers see, and when acks=all is kept. */
import { beforeEach, describe, expect, test } from "vitest";
import { settled } from "../../../tests/support/manual-environment.js";
import type { IsrAnswer, IsrProposal } from "../../cluster/replication/leading/isr-proposals.js";
import type { Partition } from "../../cluster/replication/partition.js";
import { Partitions } from "../../cluster/replication/partitions.js";
import { withoutPeers } from "../../cluster/replication/replication.test-data.js";
import { FetchSessions } from "../../cluster/replication/sessions/fetch-sessions.js";
import type { BrokerConfig } from "../../config/broker-config.js";
import { loadConfig } from "../../config/load.js";
import { invariant } from "../../lib/invariant.js";
import { Waiters } from "../../lib/waiters.js";
import { emptyImage } from "../../metadata/empty.js";
import type { BrokerImage, MetadataImage, PartitionImage } from "../../metadata/image.js";
import { partitionOfBroker1 } from "../../metadata/image.test-data.js";
import { errors } from "../../protocol/errors.js";
import { Produce } from "../../protocol/messages/00-produce.js";
import { Fetch } from "../../protocol/messages/01-fetch.js";
import { readBatches } from "../../protocol/records/batch.js";
import { ReplicationQuota } from "../../quotas/replication-quota.js";
import { batchOf, logConfig, memoryFiles, openStore, StillClock } from "../../storage/storage.test-data.js";
import { ask, imageWith } from "../ask.test-data.js";
import { produce } from "./00-produce.js";
import { fetch } from "./01-fetch.js";

const RACK_AWARE = "replica.selector.class=org.apache.kafka.common.replica.RackAwareReplicaSelector";
const replicated: PartitionImage = { ...partitionOfBroker1, replicas: [1, 2, 3], isr: [1, 2, 3], leaderEpoch: 3 };

let image: MetadataImage;
let partitions: Partitions;
let orders: Partition;
let wire: StillClock;
let throttle: ReplicationQuota;
let proposed: IsrProposal[];
/** To the last proposal. */
let answer: (to: IsrAnswer) => void;
let caller: Parameters<typeof ask>[4];
/** Ends the turn of the loop: what waits is tried once. */
let endTurn: () => Promise<void>;

beforeEach(async () => {
  wire = new StillClock();
  const store = await openStore(memoryFiles());
  proposed = [];
  const propose = (proposal: IsrProposal) => {
    proposed.push(proposal);
    answer = (to) => proposal.onAnswer(to);
  };
  throttle = new ReplicationQuota(wire, { windows: 11, windowMs: 1_000 });
  const { ports, onRole } = withoutPeers(wire);
  const config = { ...logConfig, minInsyncReplicas: 2 };
  partitions = new Partitions({
    ...{ nodeId: 1, clock: new StillClock(), store, onRole },
    ports: { ...ports, throttle, brokers: () => image.brokers, propose },
    logConfigOf: () => config,
  });
  image = emptyImage;
  become({});
  const partition = partitions.get("orders", 0);
  invariant(partition !== undefined, "broker 1 has a replica");
  orders = partition;
  const turn: (() => void)[] = [];
  const waiters = new Waiters({ wire, endOfTurn: (run) => turn.push(run) }, 10);
  endTurn = async () => {
    for (const run of turn.splice(0)) run();
    await settled();
  };
  caller = {
    image,
    broker: {
      ...{ partitions, config: configWith(RACK_AWARE) },
      environment: { wire } as never,
      fetchSessions: new FetchSessions({ wire, random: { below: () => 0 }, slotsMax: 10 }),
      park: (_, parked) => void waiters.park(parked),
    },
  };
});

function configWith(...sets: string[]): BrokerConfig {
  const loaded = loadConfig({ env: {}, sets, flags: {} });
  invariant("config" in loaded, "the settings are right");
  return loaded.config;
}

/** The metadata says so of orders-0; its brokers 1 to 3 are in racks a to c. */
function become(changes: Partial<PartitionImage>): void {
  const one = imageWith({ orders: 1 });
  const [topic] = one.topicsByName.values();
  const [first] = one.brokers.values();
  invariant(topic !== undefined && first !== undefined, "there is one of each");
  const partitionEpoch = (image.topicsByName.get("orders")?.partitions[0]?.partitionEpoch ?? 0) + 1;
  const changed = { ...topic, partitions: [{ ...replicated, partitionEpoch, ...changes }] };
  const broker = (id: number, rack: string): [number, BrokerImage] => [id, { ...first, id, rack, epoch: 7 }];
  const after = {
    ...one,
    brokers: new Map([broker(1, "a"), broker(2, "b"), broker(3, "c")]),
    topicsByName: new Map([["orders", changed]]),
    topicsById: new Map([[topic.id, changed]]),
  };
  partitions.apply(image, after);
  image = after;
}

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

async function fetchOrders(asking: Asking) {
  const { from = 0, replicaId = -1, brokerEpoch = 7, lastFetchedEpoch = -1, rackId = "", maxWaitMs = 0 } = asking;
  const { knownHighWatermark = 1_000, sessionId = 0, sessionEpoch = -1, version = 18 } = asking;
  const [topic] = image.topicsByName.values();
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
  const response = await ask(fetch, Fetch, version, request, { ...caller, image, arrivedMs: wire.monotonicMs() });
  const [told] = response.responses[0]?.partitions ?? [];
  const { batches } = readBatches(told?.records ?? new Uint8Array());
  return { ...told, sessionId: response.sessionId, offsets: batches.map(({ baseOffset }) => baseOffset) };
}

const followerFetches = (replicaId: number, from: number, more: Asking = {}) =>
  fetchOrders({ replicaId, from, ...more });

async function produceOrders(acks: number, timeoutMs = 1_000) {
  const [topic] = image.topicsByName.values();
  const topicData = [{ topicId: topic?.id ?? "", partitionData: [{ index: 0, records: batchOf(1) }] }];
  const response = await ask(produce, Produce, 13, { acks, timeoutMs, topicData }, { ...caller, image });
  return response.responses[0]?.partitionResponses[0]?.errorCode;
}

describe("a follower", () => {
  test("fetches what is not committed yet, and what it asks for tells how far it is", async () => {
    orders.append(batchOf(1), "client", 1);
    expect(await followerFetches(2, 0)).toMatchObject({ errorCode: 0, offsets: [0], highWatermark: 0 });
    expect(await fetchOrders({})).toMatchObject({ offsets: [], highWatermark: 0 });
    await followerFetches(2, 1);
    expect(await followerFetches(3, 1)).toMatchObject({ offsets: [], highWatermark: 1 });
    expect(await fetchOrders({})).toMatchObject({ offsets: [0], highWatermark: 1 });
  });

  test("that waits is told at once when more is committed than it knows", async () => {
    orders.append(batchOf(1), "client", 1);
    const { sessionId } = await followerFetches(2, 1, { sessionEpoch: 0 });
    const waiting = followerFetches(2, 1, { sessionId, sessionEpoch: 1, maxWaitMs: 500 });
    await endTurn();
    await followerFetches(3, 1);
    await endTurn();
    expect(await waiting).toMatchObject({ highWatermark: 1, offsets: [] });
    const again = followerFetches(2, 1, { sessionId, sessionEpoch: 2, maxWaitMs: 500 });
    await endTurn();
    wire.advance(500);
    expect(await again).toMatchObject({ offsets: [], sessionId });
  });

  test("in a session is told at the latest with the next answer what is committed, where no consumer waits for it", async () => {
    caller = { ...caller, broker: { ...caller.broker, config: configWith() } };
    orders.append(batchOf(1), "client", 1);
    const { sessionId } = await followerFetches(2, 1, { sessionEpoch: 0 });
    const waiting = followerFetches(2, 1, { sessionId, sessionEpoch: 1, maxWaitMs: 500 });
    await endTurn();
    await followerFetches(3, 1);
    await endTurn();
    orders.append(batchOf(1), "client", 1);
    await endTurn();
    expect(await waiting).toMatchObject({ highWatermark: 1, offsets: [1] });
  });

  test("in a session gets what comes after it was told that there is nothing", async () => {
    const { sessionId } = await followerFetches(2, 0, { sessionEpoch: 0 });
    expect(await followerFetches(2, 0, { sessionId, sessionEpoch: 1 })).toMatchObject({ offsets: [] });
    orders.append(batchOf(1), "client", 1);
    expect(await followerFetches(2, 0, { sessionId, sessionEpoch: 2 })).toMatchObject({ offsets: [0] });
    expect(await followerFetches(2, 0, { sessionId, sessionEpoch: 3 })).toMatchObject({ offsets: [0] });
  });

  test("that is out of sync is looked at until it is in sync, though nothing moves", async () => {
    become({ isr: [1, 3] });
    const { sessionId } = await followerFetches(2, 0, { sessionEpoch: 0 });
    const proposals = () => proposed.splice(0).map(({ newIsr }) => newIsr.map(({ brokerId }) => brokerId));
    expect(proposals()).toEqual([[1, 3, 2]]);
    answer({ errorCode: errors.INELIGIBLE_REPLICA.code });
    await followerFetches(2, 0, { sessionId, sessionEpoch: 1 });
    wire.advance(1_000);
    await followerFetches(2, 0, { sessionId, sessionEpoch: 2 });
    expect(proposals()).toEqual([[1, 3, 2]]);
  });

  test("is behind from the first record on that it does not have, however long nothing was said", async () => {
    for (const replicaId of [2, 3]) await followerFetches(replicaId, 0);
    wire.advance(100_000);
    orders.append(batchOf(1), "client", 1);
    wire.advance(30_000);
    orders.leading?.checkLag();
    expect(proposed).toEqual([]);
    wire.advance(1);
    orders.leading?.checkLag();
    expect(proposed).toHaveLength(1);
  });

  test("without a session says itself what it knows", async () => {
    orders.append(batchOf(1), "client", 1);
    for (const replicaId of [2, 3]) await followerFetches(replicaId, 1);
    const told = followerFetches(2, 1, { knownHighWatermark: 0, maxWaitMs: 500 });
    expect(await told).toMatchObject({ highWatermark: 1 });
  });

  test("learns where its log parts from the leader's, and is not believed to have what lies behind", async () => {
    orders.append(batchOf(2), "client", 1);
    expect(await followerFetches(2, 5, { lastFetchedEpoch: 3 })).toMatchObject({
      errorCode: 0,
      divergingEpoch: { epoch: 3, endOffset: 2 },
    });
    await followerFetches(3, 2);
    expect(orders.highWatermark).toBe(0);
  });

  test("of a broker that was registered anew is not mistaken for the one before (KIP-903)", async () => {
    orders.append(batchOf(1), "client", 1);
    await followerFetches(2, 0, { brokerEpoch: 8 });
    expect(await followerFetches(2, 1)).toMatchObject({ errorCode: errors.NOT_LEADER_OR_FOLLOWER.code });
  });

  test("that has no replica of the partition has to wait for the leader to hear of it", async () => {
    expect(await followerFetches(4, 0)).toMatchObject({ errorCode: errors.UNKNOWN_LEADER_EPOCH.code });
  });

  test("that catches up gets nothing while more has moved than the throttle lets (KIP-73)", async () => {
    become({ isr: [1, 3] });
    throttle.throttle("orders", "all");
    throttle.limit(1);
    for (let i = 0; i < 2; i++) orders.append(batchOf(1), "client", 1);
    const { sessionId } = await followerFetches(2, 0, { sessionEpoch: 0 });
    const waiting = followerFetches(2, 0, { sessionId, sessionEpoch: 1, maxWaitMs: 500 });
    orders.append(batchOf(1), "client", 1);
    await endTurn();
    expect(await followerFetches(3, 0)).toMatchObject({ offsets: [0, 1, 2] });
    wire.advance(500);
    expect(await waiting).toMatchObject({ offsets: [] });
    wire.advance(20_000);
    expect(await followerFetches(2, 0, { sessionId, sessionEpoch: 2 })).toMatchObject({ offsets: [0, 1, 2] });
    throttle.throttle("orders", new Set([1]));
    expect(await followerFetches(2, 0, { sessionId, sessionEpoch: 3 })).toMatchObject({ offsets: [0, 1, 2] });
  });

  test("without a session is not answered again and again while it is throttled", async () => {
    become({ isr: [1, 3] });
    throttle.throttle("orders", "all");
    throttle.limit(1);
    orders.append(batchOf(1), "client", 1);
    await followerFetches(2, 0);
    let isAnswered = false;
    const waiting = followerFetches(2, 0, { maxWaitMs: 500 }).then(() => {
      isAnswered = true;
    });
    orders.append(batchOf(1), "client", 1);
    await endTurn();
    expect(isAnswered).toBe(false);
    wire.advance(500);
    await waiting;
  });

  test("must be a broker of the cluster", async () => {
    caller = { ...caller, forbidden: ["Cluster:kafka-cluster"] };
    expect(await followerFetches(2, 0)).toMatchObject({ errorCode: errors.TOPIC_AUTHORIZATION_FAILED.code });
  });
});

describe("acks=all", () => {
  test("is answered when every replica in sync has the records", async () => {
    const acked = produceOrders(-1);
    await followerFetches(2, 1);
    await endTurn();
    await followerFetches(3, 1);
    await endTurn();
    expect(await acked).toBe(errors.NONE.code);
  });

  test("is refused before anything is written when too few are in sync, and timed out when they fall behind", async () => {
    const acked = produceOrders(-1, 500);
    become({ isr: [1] });
    expect(await produceOrders(-1)).toBe(errors.NOT_ENOUGH_REPLICAS.code);
    expect(orders.endOffset).toBe(1);
    await endTurn();
    wire.advance(500);
    expect(await acked).toBe(errors.REQUEST_TIMED_OUT.code);
  });

  test("tells when the records are committed, but fewer are in sync by then", async () => {
    const acked = produceOrders(-1);
    for (const replicaId of [2, 3]) await followerFetches(replicaId, 1);
    become({ isr: [1] });
    await endTurn();
    expect(await acked).toBe(errors.NOT_ENOUGH_REPLICAS_AFTER_APPEND.code);
  });

  test("is not mixed up with records of a later leader epoch", async () => {
    const acked = produceOrders(-1);
    become({ leader: 2, leaderEpoch: 4 });
    become({ leader: 1, leaderEpoch: 5 });
    await endTurn();
    expect(await acked).toBe(errors.NOT_LEADER_OR_FOLLOWER.code);
  });
});

test("any replica serves a consumer since version 11, whether it tells its rack or not; the leader alone serves older ones", async () => {
  become({ leader: 2, leaderEpoch: 4 });
  orders.following?.append(batchOf(1));
  orders.following?.learn({ highWatermark: 1, logStartOffset: 0 });
  for (const version of [11, 12, 18]) {
    for (const rackId of ["", "a", "of nobody"]) {
      expect(await fetchOrders({ version, rackId })).toMatchObject({ errorCode: 0, offsets: [0], highWatermark: 1 });
    }
  }
  expect(await fetchOrders({ version: 10 })).toMatchObject({ errorCode: errors.NOT_LEADER_OR_FOLLOWER.code });
});

describe("a consumer that tells its rack (KIP-392)", () => {
  test("is sent to a replica there that has what it asks for", async () => {
    orders.append(batchOf(1), "client", 1);
    for (const replicaId of [2, 3]) await followerFetches(replicaId, 1);
    expect(await fetchOrders({ rackId: "b" })).toMatchObject({ errorCode: 0, preferredReadReplica: 2, offsets: [] });
    for (const rackId of ["a", ""]) expect(await fetchOrders({ rackId })).toMatchObject({ offsets: [0] });
  });

  test("is served by a follower, up to what that one knows to be committed", async () => {
    become({ leader: 2, leaderEpoch: 4 });
    orders.following?.append(batchOf(2));
    expect(await fetchOrders({ rackId: "a" })).toMatchObject({ errorCode: 0, offsets: [] });
    orders.following?.learn({ highWatermark: 2, logStartOffset: 0 });
    expect(await fetchOrders({ rackId: "a" })).toMatchObject({ offsets: [0], highWatermark: 2 });
  });

  test("reads on from its old leader when it does not notice that another one leads", async () => {
    orders.append(batchOf(1), "client", 1);
    become({ leader: 2, leaderEpoch: 4 });
    orders.following?.learn({ highWatermark: 1, logStartOffset: 0 });
    expect(await fetchOrders({ from: 0 })).toMatchObject({ errorCode: 0, offsets: [0] });
    expect(await fetchOrders({ from: 2 })).toMatchObject({ errorCode: errors.NOT_LEADER_OR_FOLLOWER.code });
  });

  test("reads from the leader where the broker does not say otherwise", async () => {
    caller = { ...caller, broker: { ...caller.broker, config: configWith() } };
    orders.append(batchOf(1), "client", 1);
    for (const replicaId of [2, 3]) await followerFetches(replicaId, 1);
    expect(await fetchOrders({ rackId: "b" })).toMatchObject({ preferredReadReplica: -1, offsets: [0] });
  });
});
