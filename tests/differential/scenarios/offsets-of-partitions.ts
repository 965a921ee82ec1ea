import { Produce } from "../../../src/protocol/messages/00-produce.js";
import { Fetch } from "../../../src/protocol/messages/01-fetch.js";
import { ListOffsets } from "../../../src/protocol/messages/02-list-offsets.js";
import { DeleteRecords } from "../../../src/protocol/messages/21-delete-records.js";
import { OffsetForLeaderEpoch } from "../../../src/protocol/messages/23-offset-for-leader-epoch.js";
import { buildBatch } from "../../../src/protocol/records/build-batch.js";
import { codecs } from "../../../src/protocol/records/codecs.js";
import { batchOf, fetchFrom, produceTo, TIMESTAMP_MS } from "../requests.js";
import { scenario } from "../scenario.js";

const [LATEST, EARLIEST, MAX_TIMESTAMP, EARLIEST_LOCAL, LATEST_TIERED, EARLIEST_PENDING] = [-1, -2, -3, -4, -5, -6];

function list(name: string, ...timestamps: number[]) {
  const partitions = timestamps.map((timestamp) => ({ partitionIndex: 0, timestamp }));
  return { replicaId: -1, topics: [{ name, partitions }] };
}

export const listOffsets = scenario("list-offsets", async (session) => {
  await session.topic("listed");
  await session.topic("listed-empty");
  const connection = await session.connect();
  await connection.send(Produce, 9, produceTo("listed", batchOf(["0", "1", "2"])));
  await connection.send(Produce, 9, produceTo("listed", batchOf(["3", "4", "5"], { codec: codecs.gzip })));
  const late = [9, 7].map((more) => ({ timestampMs: TIMESTAMP_MS + more, key: null, value: Buffer.from("late") }));
  await connection.send(Produce, 9, produceTo("listed", buildBatch({ records: late })));
  for (let version = 1; version <= 11; version += 1) {
    for (const at of [LATEST, EARLIEST]) await connection.send(ListOffsets, version, list("listed", at));
  }
  for (const at of [0, 1, 2, 3, 7, 8, 9, 10]) {
    await connection.send(ListOffsets, 7, list("listed", TIMESTAMP_MS + at));
  }
  await connection.send(ListOffsets, 1, list("listed", TIMESTAMP_MS + 100));
  await connection.send(ListOffsets, 7, list("listed", 0));
  await connection.send(ListOffsets, 7, list("listed", MAX_TIMESTAMP));
  await connection.send(ListOffsets, 8, list("listed", EARLIEST_LOCAL));
  await connection.send(ListOffsets, 9, list("listed", LATEST_TIERED));
  await connection.send(ListOffsets, 11, list("listed", EARLIEST_PENDING));
  await connection.send(ListOffsets, 7, { ...list("listed", LATEST), isolationLevel: 1 });
  for (const at of [LATEST, EARLIEST, MAX_TIMESTAMP, TIMESTAMP_MS]) {
    await connection.send(ListOffsets, 7, list("listed-empty", at));
  }
});

export const listOffsetsErrors = scenario("list-offsets-errors", async (session) => {
  await session.topic("listed-badly");
  const connection = await session.connect();
  const ask = (version: number, partitionIndex: number, timestamp: number, currentLeaderEpoch = -1, replicaId = -1) => {
    const partition = { partitionIndex, timestamp, ...(version >= 4 ? { currentLeaderEpoch } : {}) };
    return connection.send(ListOffsets, version, {
      replicaId,
      topics: [{ name: "listed-badly", partitions: [partition] }],
    });
  };
  await connection.send(ListOffsets, 7, list("listed-unknown", LATEST));
  await ask(7, 1, LATEST);
  await ask(7, -1, LATEST);
  await ask(7, 0, LATEST, 0);
  await ask(7, 0, LATEST, 7);
  await ask(7, 0, -99);
  // A mark that is newer than the version of the request.
  await ask(6, 0, MAX_TIMESTAMP);
  await ask(7, 0, EARLIEST_LOCAL);
  await ask(8, 0, LATEST_TIERED);
  await ask(10, 0, EARLIEST_PENDING);
  await connection.send(ListOffsets, 7, list("listed-badly", LATEST, EARLIEST));
});

export const deleteRecords = scenario("delete-records", async (session) => {
  await session.topic("shortened", 2);
  const connection = await session.connect();
  await connection.send(Produce, 9, produceTo("shortened", batchOf(["0", "1"])));
  await connection.send(Produce, 9, produceTo("shortened", batchOf(["2", "3"])));
  const remove = (version: number, name: string, partitionIndex: number, offset: number) =>
    connection.send(DeleteRecords, version, {
      topics: [{ name, partitions: [{ partitionIndex, offset }] }],
      timeoutMs: 5000,
    });
  await remove(0, "shortened", 0, 1);
  await remove(1, "shortened", 0, 1);
  await remove(2, "shortened", 0, 0);
  await connection.send(ListOffsets, 7, list("shortened", EARLIEST, LATEST));
  await connection.send(ListOffsets, 7, list("shortened", EARLIEST));
  await connection.send(Fetch, 12, fetchFrom("shortened", 0));
  await connection.send(Fetch, 12, fetchFrom("shortened", 1));
  await connection.send(ListOffsets, 7, list("shortened", TIMESTAMP_MS));
  await remove(2, "shortened", 0, 5);
  await remove(2, "shortened", 0, -2);
  await remove(2, "shortened", 7, 0);
  await remove(2, "shortened-unknown", 0, 0);
  await remove(2, "shortened", 0, -1);
  await connection.send(Fetch, 12, fetchFrom("shortened", 4));
  await connection.send(ListOffsets, 7, list("shortened", EARLIEST));
  await session.topic("shortened-compacted", 1, { "cleanup.policy": "compact" });
  await remove(2, "shortened-compacted", 0, 0);
});

export const offsetForLeaderEpoch = scenario("offset-for-leader-epoch", async (session) => {
  await session.topic("epochs");
  await session.topic("epochs-empty");
  const connection = await session.connect();
  await connection.send(Produce, 9, produceTo("epochs", batchOf(["0", "1"])));
  const ask = (version: number, topic: string, leaderEpoch: number, currentLeaderEpoch = -1, partition = 0) =>
    connection.send(OffsetForLeaderEpoch, version, {
      topics: [{ topic, partitions: [{ partition, leaderEpoch, currentLeaderEpoch }] }],
    });
  for (const version of [2, 3, 4]) await ask(version, "epochs", 0);
  await ask(4, "epochs", 1);
  await ask(4, "epochs", -1);
  await ask(4, "epochs", 0, 0);
  await ask(4, "epochs", 0, 5);
  await ask(4, "epochs-empty", 0);
  await ask(4, "epochs-unknown", 0);
  await ask(4, "epochs", 0, -1, 3);
});
