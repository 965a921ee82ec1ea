import { beforeEach, describe, expect, test } from "vitest";
import { ManualClock, settled } from "../../../../tests/support/manual-environment.js";
import { configWith } from "../../../config/config.test-data.js";
import { partitionOfBroker1 } from "../../../metadata/image/image.test-data.js";
import { type ErrorCode, errors } from "../../../protocol/errors.js";
import { Fetch } from "../../../protocol/messages/01-fetch.js";
import { ListOffsets } from "../../../protocol/messages/02-list-offsets.js";
import { RecordBatch } from "../../../protocol/records/batch.js";
import { decode, encodeMessage } from "../../../protocol/schema/codec.js";
import type { Api, RequestOf, ResponseOf } from "../../../protocol/schema/message.js";
import { ReplicationQuota } from "../../../quotas/replication-quota.js";
import {
  batchOf,
  logConfig,
  memoryFiles,
  openStore,
  silentLogger,
  topicId,
} from "../../../storage/storage.test-data.js";
import { Partition } from "../partition.js";
import { withoutPeers } from "../replication.test-data.js";
import { Fetchers } from "./fetchers.js";
import type { LeaderRequests } from "./leader-requests.js";

const VERSION: ReadonlyMap<Api, number> = new Map<Api, number>([
  [Fetch, 18],
  [ListOffsets, 10],
]);

interface Sent {
  readonly to: number;
  readonly api: Api;
  readonly request: unknown;
  answer(outcome: unknown): Promise<void>;
}

let wire: ManualClock;
let sent: Sent[];
let throttle: ReplicationQuota;
let fetchers: Fetchers;
let partitionAt: (index: number, leader?: number, leaderEpoch?: number) => Partition;

beforeEach(async () => {
  wire = new ManualClock();
  sent = [];
  throttle = new ReplicationQuota(wire, { windows: 11, windowMs: 1_000 });
  const leaders = {
    send: (to: number, _lane: string, api: Api, request: never) =>
      new Promise((resolve) => {
        const version = VERSION.get(api) ?? 0;
        const received = decode(api.request, version, encodeMessage(api.request, version, request));
        if (!received.ok) throw new Error(received.malformed);
        const answer = async (outcome: unknown) => {
          resolve(outcome);
          await settled();
        };
        sent.push({ to, api, request: received.value, answer });
      }),
  };
  const config = configWith();
  fetchers = new Fetchers({
    ...{ nodeId: 1, brokerEpoch: () => 7, wire, logger: silentLogger, settings: config.replication },
    throttle,
    leaders: leaders as LeaderRequests,
  });
  const store = await openStore(memoryFiles());
  const { ports } = withoutPeers(wire);
  const onRole = (partition: Partition) => fetchers.assign(partition);
  partitionAt = (index, leader = 2, leaderEpoch = 3) => {
    const partition = new Partition({
      ...{ topic: "t", topicId, index, nodeId: 1, clock: wire, store, config: logConfig, ports, onRole },
    });
    partition.apply({ ...partitionOfBroker1, replicas: [1, 2, 3], isr: [2], leader, leaderEpoch });
    return partition;
  };
});

function lead(partition: Partition, leader: number, leaderEpoch: number): void {
  partition.apply({ ...partitionOfBroker1, replicas: [1, 2, 3], isr: [2], leader, leaderEpoch });
}

function fetchAt(at: number): RequestOf<typeof Fetch> {
  return sent[at]?.request as RequestOf<typeof Fetch>;
}

function wantedAt(at: number) {
  return fetchAt(at).topics.flatMap(({ partitions }) => partitions.map((one) => [one.partition, one.fetchOffset]));
}

type Told = Partial<ResponseOf<typeof Fetch>["responses"][number]["partitions"][number]>;

function answer(at: number, partitions: readonly Told[], sessionId = 9, errorCode: ErrorCode = 0) {
  const still = { partitionIndex: 0, errorCode: 0, highWatermark: 0, logStartOffset: 0, records: null };
  const told = partitions.map((one) => ({ ...still, abortedTransactions: null, ...one }));
  const body = { errorCode, sessionId, responses: [{ topicId, topic: "", partitions: told }] };
  const response = decode(Fetch.response, 18, encodeMessage(Fetch.response, 18, body));
  if (!response.ok) throw new Error(response.malformed);
  return sent[at]?.answer({ response: response.value });
}

/** A batch as it lies in the leader's log. */
function placed(baseOffset: number, count = 1, leaderEpoch = 3): Uint8Array {
  const batch = new RecordBatch(Buffer.from(batchOf(count)), 0);
  batch.place(baseOffset, leaderEpoch);
  return batch.bytes;
}

describe("a fetcher", () => {
  test("says once what it wants, and then what changes", async () => {
    const followed = [partitionAt(0), partitionAt(1)];
    await settled();
    expect(fetchAt(0)).toMatchObject({
      sessionId: 0,
      sessionEpoch: 0,
      replicaState: { replicaId: 1, replicaEpoch: 7 },
    });
    expect(wantedAt(0)).toEqual([
      [0, 0],
      [1, 0],
    ]);
    await answer(0, [{ partitionIndex: 1, records: placed(0, 2), highWatermark: 1 }]);
    expect(fetchAt(1)).toMatchObject({ sessionId: 9, sessionEpoch: 1 });
    expect(wantedAt(1)).toEqual([[1, 2]]);
    expect(followed.map(({ endOffset, highWatermark }) => [endOffset, highWatermark])).toEqual([
      [0, 0],
      [2, 1],
    ]);
    await answer(1, [{ partitionIndex: 1, highWatermark: 2 }]);
    expect([followed[1]?.highWatermark, wantedAt(2)]).toEqual([2, []]);
    expect(fetchAt(2).sessionEpoch).toBe(2);
  });

  test("has one request under way, one fetcher for each leader, and none where nothing is followed", async () => {
    const partition = partitionAt(0);
    partitionAt(1, 3);
    await settled();
    expect(sent.map(({ to }) => to)).toEqual([2, 3]);
    lead(partition, 1, 4);
    await answer(0, [{ records: placed(0) }]);
    expect([sent.length, partition.endOffset]).toEqual([2, 0]);
  });

  test("follows a partition once when its leader begins another epoch, and asks for nothing when it follows nothing", async () => {
    const partition = partitionAt(0);
    await settled();
    lead(partition, 2, 4);
    await answer(0, []);
    expect(fetchAt(1).topics[0]?.partitions).toMatchObject([{ partition: 0, currentLeaderEpoch: 4 }]);
    lead(partition, 1, 5);
    await answer(1, []);
    expect(sent.length).toBe(2);
  });

  test("forgets in the leader's session what came back and went again between two requests", async () => {
    const [partition] = [partitionAt(0), partitionAt(1)];
    await settled();
    await answer(0, []);
    lead(partition, 3, 4);
    lead(partition, 2, 5);
    lead(partition, 3, 6);
    await answer(1, []);
    const [toFormer] = sent.filter(({ to }, at) => to === 2 && at > 1);
    expect(toFormer?.request).toMatchObject({ topics: [], forgottenTopicsData: [{ topicId, partitions: [0] }] });
  });

  test("does not ask a leader that is away more often than the backoff allows", async () => {
    partitionAt(0);
    await settled();
    await sent[0]?.answer({ errorCode: errors.NETWORK_EXCEPTION.code });
    partitionAt(1);
    wire.advance(999);
    await settled();
    expect(sent.length).toBe(1);
    wire.advance(1);
    await settled();
    expect(wantedAt(1).sort()).toEqual([
      [0, 0],
      [1, 0],
    ]);
    expect(wire.timers).toBe(0);
  });

  test("opens another session at once when the leader has forgotten the first", async () => {
    partitionAt(0);
    await settled();
    await answer(0, []);
    await answer(1, [], 0, errors.FETCH_SESSION_ID_NOT_FOUND.code);
    expect(fetchAt(2)).toMatchObject({ sessionId: 0, sessionEpoch: 0 });
    expect(wantedAt(2)).toEqual([[0, 0]]);
    // Twice makes no sense.
    await answer(2, [], 0, errors.FETCH_SESSION_ID_NOT_FOUND.code);
    expect(sent.length).toBe(3);
  });

  test("tells all each time to a leader that has no room for a session", async () => {
    partitionAt(0);
    await settled();
    await answer(0, [{}], 0);
    expect([fetchAt(1).sessionEpoch, wantedAt(1)]).toEqual([0, [[0, 0]]]);
  });

  test("leaves a partition out for a while that its leader does not serve, and goes on with the others", async () => {
    partitionAt(0);
    partitionAt(1);
    await settled();
    await answer(0, [{ partitionIndex: 0, errorCode: errors.NOT_LEADER_OR_FOLLOWER.code }, { partitionIndex: 1 }]);
    expect(fetchAt(1).forgottenTopicsData).toEqual([{ topic: "", topicId, partitions: [0] }]);
    wire.advance(1_000);
    await answer(1, []);
    expect(wantedAt(2)).toEqual([[0, 0]]);
  });

  test("asks a leader soon again that has not heard of its election, and then less and less often", async () => {
    partitionAt(0);
    await settled();
    const waits: number[] = [];
    for (let round = 0; round < 8; round++) {
      const at = sent.length - 1;
      await answer(at, [{ errorCode: errors.UNKNOWN_LEADER_EPOCH.code }]);
      let waitedMs = 0;
      for (; sent.length === at + 1; waitedMs += 20) {
        wire.advance(20);
        await settled();
      }
      waits.push(waitedMs);
    }
    expect(waits).toEqual([20, 40, 80, 160, 320, 640, 1_000, 1_000]);
  });

  test("cuts what a new leader does not have, and goes on from there", async () => {
    const partition = partitionAt(0);
    await settled();
    await answer(0, [{ records: Buffer.concat([placed(0, 2, 1), placed(2, 3, 2)]), highWatermark: 2 }]);
    lead(partition, 3, 4);
    await settled();
    const wanted = fetchAt(sent.length - 1).topics[0]?.partitions[0];
    expect(wanted).toMatchObject({ fetchOffset: 5, lastFetchedEpoch: 2, currentLeaderEpoch: 4, highWatermark: 2n });
    await answer(sent.length - 1, [{ divergingEpoch: { epoch: 1, endOffset: 4 } }]);
    expect([partition.endOffset, partition.highWatermark]).toEqual([2, 2]);
    expect(wantedAt(sent.length - 1)).toEqual([[0, 2]]);
    await answer(sent.length - 1, [{ records: placed(2, 2, 1) }]);
    expect(partition.endOffset).toBe(4);
  });

  test("begins anew where the leader begins, when that is behind all it has", async () => {
    const partition = partitionAt(0);
    await settled();
    await answer(0, [{ records: placed(0, 2), highWatermark: 2 }]);
    await answer(1, [{ errorCode: errors.OFFSET_OUT_OF_RANGE.code, highWatermark: -1 }]);
    for (const offset of [50, 40]) {
      const asked = sent.at(-1);
      expect(asked?.api.name).toBe("ListOffsets");
      const found = { partitionIndex: 0, errorCode: 0, timestamp: -1, offset, leaderEpoch: 3, oldStyleOffsets: [] };
      await asked?.answer({ response: { topics: [{ name: "t", partitions: [found] }] } });
    }
    expect([partition.logStartOffset, partition.endOffset, partition.highWatermark]).toEqual([40, 40, 40]);
    expect(wantedAt(sent.length - 1)).toEqual([[0, 40]]);
    // The leader's log begins inside a batch, which comes whole.
    await answer(sent.length - 1, [{ records: placed(38, 5), highWatermark: 43, logStartOffset: 40 }]);
    expect([partition.logStartOffset, partition.endOffset, partition.highWatermark]).toEqual([40, 43, 43]);
  });

  test("moves the start of a log on with the leader's", async () => {
    const partition = partitionAt(0);
    await settled();
    await answer(0, [{ records: placed(0, 5), highWatermark: 4, logStartOffset: 3 }]);
    expect(partition.logStartOffset).toBe(3);
  });

  test("tells its leader where a log begins by now, though nothing else has changed", async () => {
    partitionAt(0);
    await settled();
    await answer(0, [{ records: placed(0, 5), highWatermark: 5 }]);
    await answer(1, [{ highWatermark: 5, logStartOffset: 3 }]);
    expect(fetchAt(2).topics[0]?.partitions[0]).toMatchObject({ fetchOffset: 5, logStartOffset: 3 });
    await answer(2, []);
    expect(fetchAt(3).topics).toEqual([]);
  });

  test("leaves out what lags and is throttled until enough time has passed (KIP-73)", async () => {
    for (const index of [0, 1, 2]) partitionAt(index);
    await settled();
    throttle.throttle("t", new Set([0, 1]));
    throttle.limit(placed(0, 2).length);
    await answer(0, [
      { partitionIndex: 0, records: placed(0, 2), highWatermark: 9 },
      { partitionIndex: 1, records: placed(0, 2), highWatermark: 2 },
      { partitionIndex: 2, highWatermark: 9 },
    ]);
    // Partition 1 has all that is committed: it is in sync, or soon will be.
    expect(fetchAt(1).forgottenTopicsData).toEqual([{ topic: "", topicId, partitions: [0] }]);
    expect(wantedAt(1)).toEqual([[1, 2]]);
    wire.advance(999);
    await answer(1, []);
    expect(wantedAt(2)).toEqual([]);
    wire.advance(1_001);
    await answer(2, []);
    expect(wantedAt(3)).toEqual([[0, 2]]);
  });

  test("sleeps while all that it follows is throttled", async () => {
    partitionAt(0);
    await settled();
    throttle.throttle("t", "all");
    throttle.limit(1);
    await answer(0, [{ records: placed(0, 2), highWatermark: 9 }]);
    expect(sent.length).toBe(1);
    for (let passedMs = 0; passedMs < 10_000; passedMs += 1_000) {
      wire.advance(1_000);
      await settled();
    }
    expect(sent.length).toBe(1);
    wire.advance(1_000);
    await settled();
    expect(wantedAt(1)).toEqual([[0, 2]]);
  });

  test("does not take records that are damaged", async () => {
    const partition = partitionAt(0);
    await settled();
    const damaged = Buffer.from(placed(0));
    damaged[damaged.length - 1] = (damaged.at(-1) ?? 0) ^ 1;
    await answer(0, [{ records: damaged }]);
    expect([partition.endOffset, sent.length]).toEqual([0, 1]);
    wire.advance(1_000);
    await settled();
    expect(wantedAt(1)).toEqual([[0, 0]]);
  });
});
