/** Fetch as followers send it: what they are told, and what they tell the leader by it. */
import { beforeEach, describe, expect, test } from "vitest";
import { configWith } from "../../config/config.test-data.js";
import { errors } from "../../protocol/errors.js";
import { batchOf } from "../../storage/storage.test-data.js";
import { BrokerOfThree } from "./broker-of-three.test-data.js";

let broker: BrokerOfThree;
beforeEach(async () => {
  broker = await BrokerOfThree.open();
});

describe("a follower", () => {
  test("fetches what is not committed yet, and what it asks for tells how far it is", async () => {
    broker.orders.append(batchOf(1), "client", 1);
    expect(await broker.followerFetches(2, 0)).toMatchObject({ errorCode: 0, offsets: [0], highWatermark: 0 });
    expect(await broker.fetch({})).toMatchObject({ offsets: [], highWatermark: 0 });
    await broker.followerFetches(2, 1);
    expect(await broker.followerFetches(3, 1)).toMatchObject({ offsets: [], highWatermark: 1 });
    expect(await broker.fetch({})).toMatchObject({ offsets: [0], highWatermark: 1 });
  });

  test("that waits is told at once when more is committed than it knows", async () => {
    broker.orders.append(batchOf(1), "client", 1);
    const { sessionId } = await broker.followerFetches(2, 1, { sessionEpoch: 0 });
    const waiting = broker.followerFetches(2, 1, { sessionId, sessionEpoch: 1, maxWaitMs: 500 });
    await broker.endTurn();
    await broker.followerFetches(3, 1);
    await broker.endTurn();
    expect(await waiting).toMatchObject({ highWatermark: 1, offsets: [] });
    const again = broker.followerFetches(2, 1, { sessionId, sessionEpoch: 2, maxWaitMs: 500 });
    await broker.endTurn();
    broker.wire.advance(500);
    expect(await again).toMatchObject({ offsets: [], sessionId });
  });

  test("in a session is told at the latest with the next answer what is committed, where no consumer waits for it", async () => {
    broker.config = configWith();
    broker.orders.append(batchOf(1), "client", 1);
    const { sessionId } = await broker.followerFetches(2, 1, { sessionEpoch: 0 });
    const waiting = broker.followerFetches(2, 1, { sessionId, sessionEpoch: 1, maxWaitMs: 500 });
    await broker.endTurn();
    await broker.followerFetches(3, 1);
    await broker.endTurn();
    broker.orders.append(batchOf(1), "client", 1);
    await broker.endTurn();
    expect(await waiting).toMatchObject({ highWatermark: 1, offsets: [1] });
  });

  test("in a session gets what comes after it was told that there is nothing", async () => {
    const { sessionId } = await broker.followerFetches(2, 0, { sessionEpoch: 0 });
    expect(await broker.followerFetches(2, 0, { sessionId, sessionEpoch: 1 })).toMatchObject({ offsets: [] });
    broker.orders.append(batchOf(1), "client", 1);
    expect(await broker.followerFetches(2, 0, { sessionId, sessionEpoch: 2 })).toMatchObject({ offsets: [0] });
    expect(await broker.followerFetches(2, 0, { sessionId, sessionEpoch: 3 })).toMatchObject({ offsets: [0] });
  });

  test("that is out of sync is looked at until it is in sync, though nothing moves", async () => {
    broker.become({ isr: [1, 3] });
    const { sessionId } = await broker.followerFetches(2, 0, { sessionEpoch: 0 });
    const proposals = () => broker.proposed.splice(0).map(({ newIsr }) => newIsr.map(({ brokerId }) => brokerId));
    expect(proposals()).toEqual([[1, 3, 2]]);
    broker.answer({ errorCode: errors.INELIGIBLE_REPLICA.code });
    await broker.followerFetches(2, 0, { sessionId, sessionEpoch: 1 });
    broker.wire.advance(1_000);
    await broker.followerFetches(2, 0, { sessionId, sessionEpoch: 2 });
    expect(proposals()).toEqual([[1, 3, 2]]);
  });

  test("is behind since its session was last used, when records come that it does not have", async () => {
    const sessions = new Map<number, number>();
    for (const replicaId of [2, 3]) {
      const { sessionId } = await broker.followerFetches(replicaId, 0, { sessionEpoch: 0 });
      sessions.set(replicaId, sessionId);
    }
    const goOn = (replicaId: number, sessionEpoch: number) =>
      broker.followerFetches(replicaId, 0, { sessionId: sessions.get(replicaId) ?? 0, sessionEpoch });
    for (const replicaId of [2, 3]) await goOn(replicaId, 1);
    broker.wire.advance(100_000);
    // Of the partition it says nothing: it has all.
    await goOn(2, 2);
    broker.orders.append(batchOf(1), "client", 1);
    const left = () => {
      broker.orders.leading?.checkLag();
      return broker.proposed.splice(0).map(({ newIsr }) => newIsr.map(({ brokerId }) => brokerId));
    };
    expect(left()).toEqual([[1, 2]]);
    broker.answer({ isr: [1, 2], leaderEpoch: 3, partitionEpoch: 2 });
    broker.wire.advance(30_000);
    expect(left()).toEqual([]);
    broker.wire.advance(1);
    expect(left()).toEqual([[1]]);
  });

  test("without a session says itself what it knows", async () => {
    broker.orders.append(batchOf(1), "client", 1);
    for (const replicaId of [2, 3]) await broker.followerFetches(replicaId, 1);
    const told = broker.followerFetches(2, 1, { knownHighWatermark: 0, maxWaitMs: 500 });
    expect(await told).toMatchObject({ highWatermark: 1 });
  });

  test("learns where its log parts from the leader's, and is not believed to have what lies behind", async () => {
    broker.orders.append(batchOf(2), "client", 1);
    expect(await broker.followerFetches(2, 5, { lastFetchedEpoch: 3 })).toMatchObject({
      errorCode: 0,
      divergingEpoch: { epoch: 3, endOffset: 2 },
    });
    await broker.followerFetches(3, 2);
    expect(broker.orders.highWatermark).toBe(0);
  });

  test("of a broker that was registered anew is not mistaken for the one before (KIP-903)", async () => {
    broker.orders.append(batchOf(1), "client", 1);
    await broker.followerFetches(2, 0, { brokerEpoch: 8 });
    expect(await broker.followerFetches(2, 1)).toMatchObject({ errorCode: errors.NOT_LEADER_OR_FOLLOWER.code });
  });

  test("that has no replica of the partition has to wait for the leader to hear of it", async () => {
    expect(await broker.followerFetches(4, 0)).toMatchObject({ errorCode: errors.UNKNOWN_LEADER_EPOCH.code });
  });

  test("that catches up gets nothing while more has moved than the throttle lets (KIP-73)", async () => {
    broker.become({ isr: [1, 3] });
    broker.throttle.throttle("orders", "all");
    broker.throttle.limit(1);
    for (let i = 0; i < 2; i++) broker.orders.append(batchOf(1), "client", 1);
    const { sessionId } = await broker.followerFetches(2, 0, { sessionEpoch: 0 });
    const waiting = broker.followerFetches(2, 0, { sessionId, sessionEpoch: 1, maxWaitMs: 500 });
    broker.orders.append(batchOf(1), "client", 1);
    await broker.endTurn();
    expect(await broker.followerFetches(3, 0)).toMatchObject({ offsets: [0, 1, 2] });
    broker.wire.advance(500);
    expect(await waiting).toMatchObject({ offsets: [] });
    broker.wire.advance(20_000);
    expect(await broker.followerFetches(2, 0, { sessionId, sessionEpoch: 2 })).toMatchObject({ offsets: [0, 1, 2] });
    broker.throttle.throttle("orders", new Set([1]));
    expect(await broker.followerFetches(2, 0, { sessionId, sessionEpoch: 3 })).toMatchObject({ offsets: [0, 1, 2] });
  });

  test("without a session is not answered again and again while it is throttled", async () => {
    broker.become({ isr: [1, 3] });
    broker.throttle.throttle("orders", "all");
    broker.throttle.limit(1);
    broker.orders.append(batchOf(1), "client", 1);
    await broker.followerFetches(2, 0);
    let isAnswered = false;
    const waiting = broker.followerFetches(2, 0, { maxWaitMs: 500 }).then(() => {
      isAnswered = true;
    });
    broker.orders.append(batchOf(1), "client", 1);
    await broker.endTurn();
    expect(isAnswered).toBe(false);
    broker.wire.advance(500);
    await waiting;
  });

  test("must be a broker of the cluster", async () => {
    broker.forbidden = ["Cluster:kafka-cluster"];
    expect(await broker.followerFetches(2, 0)).toMatchObject({ errorCode: errors.TOPIC_AUTHORIZATION_FAILED.code });
  });
});
