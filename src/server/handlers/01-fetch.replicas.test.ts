/** Produce and Fetch where several brokers have the partition: when acks=all is kept, and who serves consumers. */
import { beforeEach, describe, expect, test } from "vitest";
import { configWith } from "../../config/config.test-data.js";
import { errors } from "../../protocol/errors.js";
import { batchOf } from "../../storage/storage.test-data.js";
import { BrokerOfThree } from "./broker-of-three.test-data.js";

let broker: BrokerOfThree;
beforeEach(async () => {
  broker = await BrokerOfThree.open();
});

describe("acks=all", () => {
  test("is answered when every replica in sync has the records", async () => {
    const acked = broker.produce(-1);
    await broker.followerFetches(2, 1);
    await broker.endTurn();
    await broker.followerFetches(3, 1);
    await broker.endTurn();
    expect(await acked).toBe(errors.NONE.code);
  });

  test("is refused before anything is written when too few are in sync, and timed out when they fall behind", async () => {
    const acked = broker.produce(-1, 500);
    broker.become({ isr: [1] });
    expect(await broker.produce(-1)).toBe(errors.NOT_ENOUGH_REPLICAS.code);
    expect(broker.orders.endOffset).toBe(1);
    await broker.endTurn();
    broker.wire.advance(500);
    expect(await acked).toBe(errors.REQUEST_TIMED_OUT.code);
  });

  test("tells when the records are committed, but fewer are in sync by then", async () => {
    const acked = broker.produce(-1);
    for (const replicaId of [2, 3]) await broker.followerFetches(replicaId, 1);
    broker.become({ isr: [1] });
    await broker.endTurn();
    expect(await acked).toBe(errors.NOT_ENOUGH_REPLICAS_AFTER_APPEND.code);
  });

  test("goes on when a move ends: the leader is the same in another epoch, and its records stay", async () => {
    const acked = broker.produce(-1);
    broker.become({ leaderEpoch: 4, replicas: [1, 2], isr: [1, 2] });
    await broker.endTurn();
    await broker.followerFetches(2, 1);
    await broker.endTurn();
    expect(await acked).toBe(errors.NONE.code);
  });

  test("what a partition has kept stays answered though its leader goes while others are waited for", async () => {
    broker.become({}, {});
    const acked = broker.produceTo([0, 1], -1, 500);
    for (const replicaId of [2, 3]) await broker.followerFetches(replicaId, 1);
    await broker.endTurn();
    broker.become({ leader: 2, leaderEpoch: 4 }, {});
    await broker.endTurn();
    broker.wire.advance(500);
    expect(await acked).toEqual([errors.NONE.code, errors.REQUEST_TIMED_OUT.code]);
  });

  test("is not mixed up with records of a later leader epoch", async () => {
    const acked = broker.produce(-1);
    broker.become({ leader: 2, leaderEpoch: 4 });
    broker.become({ leader: 1, leaderEpoch: 5 });
    await broker.endTurn();
    expect(await acked).toBe(errors.NOT_LEADER_OR_FOLLOWER.code);
  });
});

test("any replica serves a consumer since version 11, whether it tells its rack or not; the leader alone serves older ones", async () => {
  broker.become({ leader: 2, leaderEpoch: 4 });
  broker.orders.following?.append(batchOf(1));
  broker.orders.following?.learn({ highWatermark: 1, logStartOffset: 0 });
  for (const version of [11, 12, 18]) {
    for (const rackId of ["", "a", "of nobody"]) {
      expect(await broker.fetch({ version, rackId })).toMatchObject({ errorCode: 0, offsets: [0], highWatermark: 1 });
    }
  }
  expect(await broker.fetch({ version: 10 })).toMatchObject({ errorCode: errors.NOT_LEADER_OR_FOLLOWER.code });
});

describe("a consumer that tells its rack (KIP-392)", () => {
  test("is sent to a replica there that has what it asks for", async () => {
    broker.orders.append(batchOf(1), "client", 1);
    for (const replicaId of [2, 3]) await broker.followerFetches(replicaId, 1);
    expect(await broker.fetch({ rackId: "b" })).toMatchObject({ errorCode: 0, preferredReadReplica: 2, offsets: [] });
    for (const rackId of ["a", ""]) expect(await broker.fetch({ rackId })).toMatchObject({ offsets: [0] });
  });

  test("is served by a follower, up to what that one knows to be committed", async () => {
    broker.become({ leader: 2, leaderEpoch: 4 });
    broker.orders.following?.append(batchOf(2));
    expect(await broker.fetch({ rackId: "a" })).toMatchObject({ errorCode: 0, offsets: [] });
    broker.orders.following?.learn({ highWatermark: 2, logStartOffset: 0 });
    expect(await broker.fetch({ rackId: "a" })).toMatchObject({ offsets: [0], highWatermark: 2 });
  });

  test("reads on from its old leader when it does not notice that another one leads", async () => {
    broker.orders.append(batchOf(1), "client", 1);
    broker.become({ leader: 2, leaderEpoch: 4 });
    broker.orders.following?.learn({ highWatermark: 1, logStartOffset: 0 });
    expect(await broker.fetch({ from: 0 })).toMatchObject({ errorCode: 0, offsets: [0] });
    expect(await broker.fetch({ from: 2 })).toMatchObject({ errorCode: errors.NOT_LEADER_OR_FOLLOWER.code });
  });

  test("reads from the leader where the broker does not say otherwise", async () => {
    broker.config = configWith();
    broker.orders.append(batchOf(1), "client", 1);
    for (const replicaId of [2, 3]) await broker.followerFetches(replicaId, 1);
    expect(await broker.fetch({ rackId: "b" })).toMatchObject({ preferredReadReplica: -1, offsets: [0] });
  });
});
