import { Produce } from "../../../src/protocol/messages/00-produce.js";
import { Fetch } from "../../../src/protocol/messages/01-fetch.js";
import { batchOf, fetchFrom, produceTo } from "../requests.js";
import { type Connection, scenario } from "../scenario.js";

const UNKNOWN_ID = "AAAAAAAAQACAAAAAAAAAAQ";

async function fill(connection: Connection, topic: string, ...batches: string[][]): Promise<void> {
  for (const values of batches) await connection.send(Produce, 9, produceTo(topic, batchOf(values)));
}

export const fetch = scenario("fetch", async (session) => {
  const topicId = await session.topic("fetched", 2);
  const connection = await session.connect();
  await fill(connection, "fetched", ["0", "1"], ["2"], ["3", "4", "5"]);
  for (let version = 4; version <= 12; version += 1) await connection.send(Fetch, version, fetchFrom("fetched", 0));
  for (let version = 13; version <= 18; version += 1) {
    await connection.send(Fetch, version, fetchFrom("", 0, { topicId }));
  }
  // An offset inside a batch gives the whole batch.
  await connection.send(Fetch, 12, fetchFrom("fetched", 4));
  await connection.send(Fetch, 12, fetchFrom("fetched", 2));
  await connection.send(Fetch, 12, fetchFrom("fetched", 6));
  await connection.send(Fetch, 4, fetchFrom("fetched", 6));
  const readCommitted = { ...fetchFrom("fetched", 3), isolationLevel: 1 };
  await connection.send(Fetch, 12, readCommitted);
  await connection.send(Fetch, 12, { ...fetchFrom("fetched", 0), topics: [] });
});

export const fetchErrors = scenario("fetch-errors", async (session) => {
  const topicId = await session.topic("fetched-badly");
  const connection = await session.connect();
  await fill(connection, "fetched-badly", ["0"]);
  for (const offset of [2, -1, -2, 1_000_000]) await connection.send(Fetch, 12, fetchFrom("fetched-badly", offset));
  await connection.send(Fetch, 4, fetchFrom("fetched-badly", 2));
  await connection.send(Fetch, 12, fetchFrom("fetched-unknown", 0));
  await connection.send(Fetch, 12, fetchFrom("fetched-badly", 0, { partition: 1 }));
  await connection.send(Fetch, 12, fetchFrom("fetched-badly", 0, { partition: -1 }));
  await connection.send(Fetch, 13, fetchFrom("", 0, { topicId: UNKNOWN_ID }));
  await connection.send(Fetch, 13, fetchFrom("", 0, { topicId, partition: 1 }));
  await connection.send(Fetch, 12, fetchFrom("fetched-badly", 0, { currentLeaderEpoch: 0 }));
  await connection.send(Fetch, 12, fetchFrom("fetched-badly", 0, { currentLeaderEpoch: 7 }));
  await connection.send(Fetch, 12, fetchFrom("fetched-badly", 1, { lastFetchedEpoch: 0 }));
  await connection.send(Fetch, 12, fetchFrom("fetched-badly", 5, { lastFetchedEpoch: 0 }));
  await connection.send(Fetch, 12, fetchFrom("fetched-badly", 1, { lastFetchedEpoch: 3 }));
});

export const fetchLimits = scenario("fetch-limits", async (session) => {
  await session.topic("limited", 2);
  const connection = await session.connect();
  const large = "x".repeat(500);
  await fill(connection, "limited", [large], [large], [large]);
  await connection.send(Produce, 9, produceTo("limited", batchOf([large]), { partition: 1 }));
  // The first batch always comes, however small the limits (KIP-74).
  for (const partitionMaxBytes of [0, 1, 600, 1200, 1_048_576]) {
    await connection.send(Fetch, 12, fetchFrom("limited", 0, { partitionMaxBytes }));
  }
  for (const maxBytes of [0, 1, 600, 1200]) await connection.send(Fetch, 12, fetchFrom("limited", 0, { maxBytes }));
  const bothPartitions = [0, 1].map((partition) => ({ partition, fetchOffset: 0, partitionMaxBytes: 1_048_576 }));
  const both = { maxWaitMs: 100, minBytes: 1, topics: [{ topic: "limited", partitions: bothPartitions }] };
  for (const maxBytes of [1, 600, 1800, 1_048_576]) await connection.send(Fetch, 12, { ...both, maxBytes });
  // Fetch 2 and older knew no partition that is given though it is over the limit; 4 does.
  await connection.send(Fetch, 4, fetchFrom("limited", 0, { partitionMaxBytes: 1 }));
});

export const fetchWaits = scenario("fetch-waits", async (session) => {
  await session.topic("awaited", 2);
  const [reader, writer] = [await session.connect(), await session.connect()];
  // Nothing comes: the answer is empty when the time is over.
  await reader.send(Fetch, 12, fetchFrom("awaited", 0, { maxWaitMs: 300 }));
  await reader.send(Fetch, 12, fetchFrom("awaited", 0, { maxWaitMs: 0 }));
  await reader.send(Fetch, 12, fetchFrom("awaited", 0, { maxWaitMs: 5000, minBytes: 0 }));
  const waiting = reader.send(Fetch, 12, fetchFrom("awaited", 0, { maxWaitMs: 10_000 }));
  await fill(writer, "awaited", ["0"]);
  await waiting;
  // One record is too little; the second makes it enough.
  const waitingForMore = reader.send(Fetch, 12, fetchFrom("awaited", 0, { maxWaitMs: 10_000, minBytes: 120 }));
  await fill(writer, "awaited", ["1"]);
  await waitingForMore;
  // A bad partition is answered at once, and the good one beside it with it.
  const partitions = [0, 9].map((partition) => ({ partition, fetchOffset: 2, partitionMaxBytes: 1_048_576 }));
  const mixed = { maxWaitMs: 10_000, minBytes: 1, topics: [{ topic: "awaited", partitions }] };
  await reader.send(Fetch, 12, mixed);
});

export const fetchSessions = scenario("fetch-sessions", async (session) => {
  const topicId = await session.topic("sessioned", 2);
  const connection = await session.connect();
  await fill(connection, "sessioned", ["0"]);
  const of = (partition: number, fetchOffset: number) => ({ partition, fetchOffset, partitionMaxBytes: 1_048_576 });
  const ask = (sessionId: number, sessionEpoch: number, ...partitions: ReturnType<typeof of>[]) => ({
    maxWaitMs: 100,
    minBytes: 1,
    maxBytes: 1_048_576,
    sessionId,
    sessionEpoch,
    topics: partitions.length === 0 ? [] : [{ topic: "sessioned", partitions }],
  });
  const opened = await connection.send(Fetch, 12, ask(0, 0, of(0, 0), of(1, 0)));
  const id = opened.sessionId;
  // Only what changed comes back.
  await connection.send(Fetch, 12, ask(id, 1, of(0, 1)));
  await connection.send(Fetch, 12, ask(id, 2));
  await fill(connection, "sessioned", ["1"]);
  await connection.send(Fetch, 12, ask(id, 3));
  await connection.send(Fetch, 12, ask(id, 3));
  await connection.send(Fetch, 12, ask(id, 5));
  await connection.send(Fetch, 12, ask(id + 1, 1));
  const forgotten = [{ topic: "sessioned", partitions: [0] }];
  await connection.send(Fetch, 12, { ...ask(id, 4), forgottenTopicsData: forgotten });
  await connection.send(Fetch, 12, ask(id, 5, of(0, 99)));
  await connection.send(Fetch, 12, ask(id, -1));
  await connection.send(Fetch, 12, ask(id, 6));
  await connection.send(Fetch, 12, ask(0, -1, of(0, 0)));
  // A session of topic ids cannot go on with names.
  const byId = { ...ask(0, 0), topics: [{ topicId, partitions: [of(0, 0)] }] };
  const openedById = await connection.send(Fetch, 13, byId);
  await connection.send(Fetch, 12, ask(openedById.sessionId, 1));
  await connection.send(Fetch, 13, { ...ask(openedById.sessionId, 1), topics: [] });
});

export const fetchSessionChanges = scenario("fetch-session-changes", async (session) => {
  await session.topic("changing", 3);
  await session.topic("changing-too", 1);
  const connection = await session.connect();
  for (const partition of [0, 1, 2]) {
    await connection.send(Produce, 9, produceTo("changing", batchOf(["0", "1"]), { partition }));
  }
  type Wanted = readonly [topic: string, partition: number, fetchOffset: number];
  const ask = (
    sessionId: number,
    sessionEpoch: number,
    wanted: readonly Wanted[],
    { version = 12, forgotten = [] as string[], maxBytes = 1_048_576, minBytes = 1, isolationLevel = 0 } = {},
  ) =>
    connection.send(Fetch, version, {
      ...{ maxWaitMs: 50, minBytes, maxBytes, isolationLevel, sessionId, sessionEpoch },
      topics: wanted.map(([topic, partition, fetchOffset]) => ({
        topic,
        partitions: [{ partition, fetchOffset, partitionMaxBytes: 1_048_576 }],
      })),
      forgottenTopicsData: forgotten.map((topic) => ({ topic, partitions: [0, 1, 2] })),
    });
  // Without partitions.
  const empty = await ask(0, 0, []);
  await ask(empty.sessionId, 1, []);
  const { sessionId: first } = await ask(0, 0, [["changing", 0, 0]], { version: 7 });
  // A partition more, another offset, both at once; a partition that does not exist is told of every time.
  await ask(first, 1, [["changing", 1, 1]]);
  await ask(first, 2, [
    ["changing", 0, 2],
    ["changing", 1, 2],
  ]);
  await ask(first, 3, [["changing-unknown", 0, 0]]);
  await ask(first, 4, []);
  await ask(first, 5, [], { forgotten: ["changing-unknown"] });
  await ask(first, 6, []);
  // Where records lie outside the limits they come another time, in turn.
  await ask(
    first,
    7,
    [
      ["changing", 0, 0],
      ["changing", 1, 0],
      ["changing", 2, 0],
    ],
    { maxBytes: 100 },
  );
  await ask(first, 8, [], { maxBytes: 100 });
  await ask(first, 9, [], { maxBytes: 100 });
  await ask(first, 10, [], { maxBytes: 100, isolationLevel: 1 });
  // An end that moved is told of without records.
  await ask(first, 11, [["changing-too", 0, 0]]);
  await connection.send(Produce, 9, produceTo("changing-too", batchOf(["0"])));
  await ask(first, 12, [["changing-too", 0, 1]], { forgotten: ["changing"] });
  await ask(first, 13, []);
  // Nothing is left of it: it is closed.
  await ask(first, 14, [], { forgotten: ["changing-too"] });
  await ask(first, 15, [["changing", 0, 0]]);
  // A full request that names a session closes it.
  const { sessionId: second } = await ask(0, 0, [["changing", 0, 0]]);
  const { sessionId: third } = await ask(second, 0, [["changing", 0, 1]]);
  await ask(second, 1, []);
  await ask(third, 1, [], { version: 6 });
  await ask(third, 1, []);
  await ask(third, -1, [["changing", 0, 1]]);
  await ask(third, 2, []);
  // An epoch that nobody gives.
  await ask(third, -5, [["changing", 0, 1]]);
  await ask(0, 5, [["changing", 0, 1]]);
});
