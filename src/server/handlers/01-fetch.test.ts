import { beforeEach, describe, expect, test } from "vitest";
import type { Partition } from "../../cluster/replication/partition.js";
import { Partitions } from "../../cluster/replication/partitions.js";
import { withoutPeers } from "../../cluster/replication/replication.test-data.js";
import { FetchSessions } from "../../cluster/replication/sessions/fetch-sessions.js";
import { configWith } from "../../config/config.test-data.js";
import { Waiters } from "../../lib/waiters.js";
import { emptyImage } from "../../metadata/image/empty.js";
import { Fetch } from "../../protocol/messages/01-fetch.js";
import { ListOffsets } from "../../protocol/messages/02-list-offsets.js";
import { readBatches } from "../../protocol/records/batch.js";
import { transactional } from "../../storage/producers/transactions.test-data.js";
import { batchOf, logConfig, memoryFiles, openStore, StillClock } from "../../storage/storage.test-data.js";
import { ask, imageWith } from "../ask.test-data.js";
import { fetch } from "./01-fetch.js";
import { listOffsets } from "./02-list-offsets.js";

const image = imageWith({ orders: 1 });
const READ_UNCOMMITTED = 0;
const READ_COMMITTED = 1;

let orders: Partition;
let caller: Parameters<typeof ask>[4];
/** Ends the turn of the loop: what waits is tried once. */
let endTurn: () => void;
let wire: StillClock;

beforeEach(async () => {
  const store = await openStore(memoryFiles());
  const partitions = new Partitions({
    ...{ nodeId: 1, clock: new StillClock(), store, ...withoutPeers(new StillClock()) },
    logConfigOf: () => logConfig,
  });
  partitions.apply(emptyImage, image);
  const partition = partitions.get("orders", 0);
  if (partition === undefined) throw new Error("orders-0 is led here");
  orders = partition;
  const turn: (() => void)[] = [];
  wire = new StillClock();
  const waiters = new Waiters({ wire, endOfTurn: (run) => turn.push(run) }, 10);
  const config = configWith();
  caller = {
    image,
    broker: {
      partitions,
      config,
      fetchSessions: new FetchSessions({ wire, random: { below: () => 0 }, slotsMax: 10 }),
      park: (_, parked) => void waiters.park(parked),
    },
  };
  endTurn = () => {
    for (const run of turn.splice(0)) run();
  };
});

async function fetchOrders(isolationLevel: number, { from = 0, maxWaitMs = 0, minBytes = 1 } = {}) {
  const asked = { partition: 0, fetchOffset: from, partitionMaxBytes: 1_000_000 };
  const request = {
    isolationLevel,
    maxWaitMs,
    minBytes,
    topics: [{ topic: "orders", partitions: [asked] }],
    forgottenTopicsData: [],
  };
  const { responses } = await ask(fetch, Fetch, 12, request, caller);
  const answer = responses[0]?.partitions[0];
  if (answer === undefined) throw new Error("orders-0 is answered");
  const { batches } = readBatches(answer.records ?? new Uint8Array());
  return { ...answer, offsets: batches.map(({ baseOffset }) => baseOffset) };
}

function write(producerId: number, baseSequence: number): void {
  orders.append(transactional(producerId, baseSequence), "client", -1, "not wanted");
}

function end(producerId: number, commit: boolean): void {
  orders.appendMarker({ producerId, producerEpoch: 0, commit, coordinatorEpoch: 0, transactionVersion: 1 });
}

describe("a consumer that reads what is committed", () => {
  test("sees nothing from the first open transaction on; any other sees all", async () => {
    orders.append(batchOf(1), "client", -1);
    write(7, 0);
    orders.append(batchOf(1), "client", -1);
    expect(await fetchOrders(READ_COMMITTED)).toMatchObject({ offsets: [0], highWatermark: 3, lastStableOffset: 1 });
    expect(await fetchOrders(READ_UNCOMMITTED)).toMatchObject({ offsets: [0, 1, 2], abortedTransactions: null });
  });

  test("is told which transactions to pass over, by their first offset", async () => {
    write(7, 0);
    write(8, 0);
    write(9, 0);
    end(8, false);
    end(9, true);
    end(7, false);
    const { offsets, abortedTransactions } = await fetchOrders(READ_COMMITTED);
    expect(offsets).toEqual([0, 1, 2, 3, 4, 5]);
    expect(abortedTransactions).toEqual([
      { producerId: 7, firstOffset: 0 },
      { producerId: 8, firstOffset: 1 },
    ]);
    expect(await fetchOrders(READ_COMMITTED, { from: 4 })).toMatchObject({
      abortedTransactions: [{ producerId: 7, firstOffset: 0 }],
    });
    expect(await fetchOrders(READ_COMMITTED, { from: 6 })).toMatchObject({ offsets: [], abortedTransactions: [] });
  });

  test("finds as the end of the log where it can read to", async () => {
    write(7, 0);
    const latest = async (isolationLevel: number) => {
      const topics = [{ name: "orders", partitions: [{ partitionIndex: 0, timestamp: -1 }] }];
      const request = { replicaId: -1, isolationLevel, topics, timeoutMs: 0 };
      return (await ask(listOffsets, ListOffsets, 10, request, caller)).topics[0]?.partitions[0]?.offset;
    };
    expect([await latest(READ_UNCOMMITTED), await latest(READ_COMMITTED)]).toEqual([1, 0]);
    end(7, true);
    expect(await latest(READ_COMMITTED)).toBe(2);
  });

  test("waits, and is answered when the transaction ends, with all that it has held back", async () => {
    write(7, 0);
    orders.append(batchOf(5, 100), "client", -1);
    const answer = fetchOrders(READ_COMMITTED, { maxWaitMs: 500, minBytes: 500 });
    orders.append(batchOf(5, 100), "client", -1);
    endTurn();
    expect(await isAnswered(answer)).toBe(false);
    end(7, true);
    endTurn();
    expect((await answer).offsets).toEqual([0, 1, 6, 11]);
  });

  test("waits no longer than it wants", async () => {
    write(7, 0);
    const answer = fetchOrders(READ_COMMITTED, { maxWaitMs: 500 });
    wire.advance(500);
    expect(await answer).toMatchObject({ offsets: [], lastStableOffset: 0, abortedTransactions: [] });
  });
});

async function isAnswered(answer: Promise<unknown>): Promise<boolean> {
  let isThere = false;
  void answer.then(() => {
    isThere = true;
  });
  for (let step = 0; step < 100; step++) await Promise.resolve();
  return isThere;
}
