import { describe, expect, test } from "vitest";
import { Partitions } from "../../cluster/replication/partitions.js";
import { withoutPeers } from "../../cluster/replication/replication.test-data.js";
import { emptyImage } from "../../metadata/image/empty.js";
import type { PartitionImage } from "../../metadata/image/image.js";
import { errors } from "../../protocol/errors.js";
import { ListOffsets } from "../../protocol/messages/02-list-offsets.js";
import { batchOf, logConfig, memoryFiles, NOW_MS, openStore, StillClock } from "../../storage/storage.test-data.js";
import { ask, imageWith } from "../ask.test-data.js";
import { listOffsets } from "./02-list-offsets.js";

const image = imageWith({ orders: 2 });
const latest = -1;
const earliest = -2;
const maxTimestamp = -3;
const earliestLocal = -4;
const latestTiered = -5;
const earliestPendingUpload = -6;

const nothing = { errorCode: errors.NONE.code, timestamp: -1, offset: -1, leaderEpoch: -1 };

describe("ListOffsets", () => {
  test("a partition without a record begins and ends at 0, in the epoch of its leader", async () => {
    const askFor = await ordersWith([]);
    for (const mark of [latest, earliest, earliestLocal]) {
      expect(await askFor(mark)).toMatchObject({ errorCode: 0, timestamp: -1, offset: 0, leaderEpoch: 0 });
    }
    expect(await askFor(maxTimestamp)).toMatchObject(nothing);
    expect(await askFor(NOW_MS)).toMatchObject(nothing);
  });

  test("a timestamp is answered with the first record that is not earlier", async () => {
    const askFor = await ordersWith([NOW_MS - 30, NOW_MS - 20, NOW_MS - 10]);
    expect(await askFor(0)).toMatchObject({ timestamp: NOW_MS - 30, offset: 0, leaderEpoch: 0 });
    expect(await askFor(NOW_MS - 25)).toMatchObject({ timestamp: NOW_MS - 20, offset: 1 });
    expect(await askFor(NOW_MS - 5)).toMatchObject(nothing);
  });

  test("the largest timestamp need not be the last record's", async () => {
    const askFor = await ordersWith([NOW_MS - 30, NOW_MS - 10, NOW_MS - 20]);
    expect(await askFor(maxTimestamp)).toMatchObject({ timestamp: NOW_MS - 10, offset: 1 });
  });

  test("deleted records are behind the earliest offset", async () => {
    const askFor = await ordersWith([NOW_MS - 30, NOW_MS - 20, NOW_MS - 10], { deletedBefore: 2 });
    expect(await askFor(earliest)).toMatchObject({ offset: 2, leaderEpoch: 0 });
    expect(await askFor(0)).toMatchObject({ offset: 2, timestamp: NOW_MS - 10 });
  });

  test("nothing was ever tiered", async () => {
    const askFor = await ordersWith([NOW_MS]);
    for (const mark of [latestTiered, earliestPendingUpload]) expect(await askFor(mark)).toMatchObject(nothing);
  });

  test("a mark is refused before the version that brought it, and one that nobody knows always", async () => {
    const askFor = await ordersWith([NOW_MS]);
    for (const [mark, since] of [
      [maxTimestamp, 7],
      [earliestLocal, 8],
      [latestTiered, 9],
      [earliestPendingUpload, 11],
    ] as const) {
      expect(await askFor(mark, { version: since - 1 })).toMatchObject({ errorCode: errors.UNSUPPORTED_VERSION.code });
      expect(await askFor(mark, { version: since })).toMatchObject({ errorCode: errors.NONE.code });
    }
    expect(await askFor(-7)).toMatchObject({ errorCode: errors.UNSUPPORTED_VERSION.code });
  });

  test("a client whose metadata is stale is told so, and one that is ahead as well", async () => {
    const askFor = await ordersWith([], { leaderEpoch: 3 });
    expect(await askFor(latest, { currentLeaderEpoch: 3 })).toMatchObject({ errorCode: errors.NONE.code });
    expect(await askFor(latest, { currentLeaderEpoch: 2 })).toMatchObject({
      errorCode: errors.FENCED_LEADER_EPOCH.code,
    });
    expect(await askFor(latest, { currentLeaderEpoch: 4 })).toMatchObject({
      errorCode: errors.UNKNOWN_LEADER_EPOCH.code,
    });
  });

  test("who debugs asks any replica, others only the leader", async () => {
    const followed = ledBy(2);
    const partitions = partitionsOf(image, await openStore(memoryFiles()));
    partitions.get("orders", 0)?.append(batchOf(1), "client", 1);
    partitions.apply(image, followed);
    const asked = { partitionIndex: 0, currentLeaderEpoch: -1, timestamp: latest };
    const answerTo = async (replicaId: number) => {
      const request = { replicaId, isolationLevel: 0, topics: [{ name: "orders", partitions: [asked] }], timeoutMs: 0 };
      const caller = { broker: { partitions }, image: followed };
      const { topics } = await ask(listOffsets, ListOffsets, 10, request, caller);
      return topics[0]?.partitions[0];
    };
    expect(await answerTo(-2)).toMatchObject({ errorCode: errors.NONE.code, offset: 1, leaderEpoch: 0 });
    expect(await answerTo(-1)).toMatchObject({ errorCode: errors.NOT_LEADER_OR_FOLLOWER.code });
  });

  test("a partition that is named twice, is missing or may not be seen is refused alone", async () => {
    const partitions = partitionsOf(image, await openStore(memoryFiles()));
    const request = {
      replicaId: -1,
      isolationLevel: 0,
      topics: [
        { name: "orders", partitions: [0, 0, 1, 2].map((partitionIndex) => ({ partitionIndex, timestamp: latest })) },
        { name: "hidden", partitions: [{ partitionIndex: 0, timestamp: latest }] },
      ],
      timeoutMs: 0,
    };
    const caller = { broker: { partitions }, image, forbidden: ["Topic:hidden"] };
    const { topics } = await ask(listOffsets, ListOffsets, 10, request, caller);
    expect(topics.map((topic) => topic.partitions.map(({ errorCode }) => errorCode))).toEqual([
      [errors.INVALID_REQUEST.code, errors.NONE.code, errors.UNKNOWN_TOPIC_OR_PARTITION.code],
      [errors.TOPIC_AUTHORIZATION_FAILED.code],
    ]);
  });
});

/** A partition `orders-0` with one record per timestamp; gives a way to ask for one of its offsets. */
async function ordersWith(timestamps: readonly number[], { deletedBefore = 0, leaderEpoch = 0 } = {}) {
  const partitions = partitionsOf(inEpoch(leaderEpoch), await openStore(memoryFiles()));
  const orders = partitions.get("orders", 0);
  for (const timestampMs of timestamps) orders?.append(batchOf(1, 10, {}, timestampMs), "client", -1);
  orders?.deleteRecordsBefore(deletedBefore);
  return async (timestamp: number, { version = 11, currentLeaderEpoch = -1 } = {}) => {
    const asked = { partitionIndex: 0, currentLeaderEpoch, timestamp };
    const request = {
      replicaId: -1,
      isolationLevel: 0,
      topics: [{ name: "orders", partitions: [asked] }],
      timeoutMs: 0,
    };
    const { topics } = await ask(listOffsets, ListOffsets, version, request, { broker: { partitions }, image });
    return topics[0]?.partitions[0];
  };
}

function inEpoch(leaderEpoch: number): typeof image {
  return changed({ leaderEpoch });
}

/** Broker 1, which is asked, and another have every partition. */
function ledBy(leader: number): typeof image {
  return changed({ leader, leaderEpoch: 1, partitionEpoch: 1, replicas: [1, 2], isr: [1, 2] });
}

function changed(changes: Partial<PartitionImage>): typeof image {
  const [...topics] = image.topicsByName.values();
  const moved = topics.map((topic) => ({
    ...topic,
    partitions: topic.partitions.map((partition) => ({ ...partition, ...changes })),
  }));
  return { ...image, topicsByName: new Map(moved.map((topic) => [topic.name, topic])) };
}

function partitionsOf(of: typeof image, store: Awaited<ReturnType<typeof openStore>>): Partitions {
  const partitions = new Partitions({
    ...{ nodeId: 1, clock: new StillClock(), store, ...withoutPeers(new StillClock()) },
    logConfigOf: () => logConfig,
  });
  partitions.apply(emptyImage, of);
  return partitions;
}
