import { describe, expect, test } from "vitest";
import { manualEnvironment } from "../../../../tests/support/manual-environment.js";
import { RandomStream } from "../../../environments/simulated/random-stream.js";
import { Waitable } from "../../../lib/waiters.js";
import { Fetch } from "../../../protocol/messages/01-fetch.js";
import { decode, encodeMessage } from "../../../protocol/schema/codec.js";
import type { FetchedPartition, WantedTopic } from "./fetch-session.js";
import { FetchSessions } from "./fetch-sessions.js";

const MINUTE_MS = 60_000;

function sessionsOf(slotsMax: number) {
  const { clock } = manualEnvironment();
  return { clock, sessions: new FetchSessions({ wire: clock, random: new RandomStream(1, "sessions"), slotsMax }) };
}

/** Partitions of one topic, as a request brings them. */
function topics(topic: string, ...partitions: number[]): readonly WantedTopic[] {
  const wanted = partitions.map((partition) => ({ partition, fetchOffset: 0, partitionMaxBytes: 1 }));
  const request = { maxWaitMs: 0, minBytes: 0, topics: [{ topic, partitions: wanted }] };
  const decoded = decode(Fetch.request, 12, encodeMessage(Fetch.request, 12, request));
  if (!decoded.ok) throw new Error(decoded.malformed);
  return decoded.value.topics;
}

const ofConsumer = (topic: string, ...partitions: number[]) => ({
  ...{ usesTopicIds: false, isOfFollower: false },
  topics: topics(topic, ...partitions),
});
const ofFollower = (topic: string, ...partitions: number[]) => ({
  ...ofConsumer(topic, ...partitions),
  isOfFollower: true,
});

function told(partitionIndex: number, more: Partial<FetchedPartition> = {}): FetchedPartition {
  const ends = { highWatermark: 5, lastStableOffset: 5, logStartOffset: 0 };
  const nothing = { errorCode: 0, abortedTransactions: null, records: new Uint8Array() };
  return { partitionIndex, ...ends, ...nothing, ...more };
}

describe("a fetch session", () => {
  test("tells of records, errors and ends that moved, and of nothing else", () => {
    const session = sessionsOf(1).sessions.open(ofConsumer("t", 0));
    const [topic] = session?.wanted() ?? [];
    if (session === null || topic === undefined) throw new Error("there is room");
    expect(session.isNews(topic, told(0))).toBe(true);
    expect(session.isNews(topic, told(0))).toBe(false);
    expect(session.isNews(topic, told(0, { records: Uint8Array.of(1) }))).toBe(true);
    expect(session.isNews(topic, told(0, { highWatermark: 6 }))).toBe(true);
    expect(session.isNews(topic, told(0, { highWatermark: 6, logStartOffset: 1 }))).toBe(true);
    const error = told(0, { errorCode: 6, highWatermark: -1, logStartOffset: -1 });
    expect([session.isNews(topic, error), session.isNews(topic, error)]).toEqual([true, true]);
    expect(session.isNews(topic, told(0, { highWatermark: 6, logStartOffset: 1 }))).toBe(true);
  });

  test("a partition whose records were told stands back behind the others", () => {
    const session = sessionsOf(1).sessions.open(ofConsumer("t", 0, 1, 2));
    const inTurn = () => session?.wanted().map(({ partitions }) => partitions[0]?.partition);
    const [topic] = session?.wanted() ?? [];
    if (session === null || topic === undefined) throw new Error("there is room");
    session.isNews(topic, told(0, { records: Uint8Array.of(1) }));
    expect(inTurn()).toEqual([1, 2, 0]);
  });

  test("it is closed when nothing is left of it", () => {
    const { sessions } = sessionsOf(1);
    const session = sessions.open(ofConsumer("t", 0));
    if (session === null) throw new Error("there is room");
    expect(sessions.use(session, topics("u", 1), [])).toBe(true);
    expect(session.size).toBe(2);
    const forgotten = ["t", "u"].map((topic) => ({ topic, topicId: "", partitions: [0, 1] }));
    expect(sessions.use(session, [], forgotten)).toBe(false);
    expect(sessions.get(session.id)).toBeUndefined();
  });
});

describe("a follower's session", () => {
  const inTurn = (topics: readonly WantedTopic[]) => topics.map(({ partitions }) => partitions[0]?.partition);

  test("has all to look at in the beginning, then what moves, once", () => {
    const { session, moved } = watched();
    expect(inTurn(session.takeToLookAt())).toEqual([]);
    moved.get(1)?.changed();
    moved.get(1)?.changed();
    expect(inTurn(session.takeToLookAt())).toEqual([1]);
    expect(inTurn(session.takeToLookAt())).toEqual([]);
  });

  test("looks again at what was not done with, and at what the follower asks anew", () => {
    const { session, topic } = watched();
    session.looked(topic, 0, null, true);
    session.want(topics("t", 2));
    expect(inTurn(session.takeToLookAt())).toEqual([0, 2]);
  });

  test("hears nothing any more of what was forgotten, and of nothing once it is closed", () => {
    const { sessions, session, moved } = watched();
    session.forget([{ topic: "t", topicId: "", partitions: [0] }]);
    expect([...moved.values()].map(({ waiting }) => waiting)).toEqual([0, 1, 1]);
    sessions.close(session.id);
    expect([...moved.values()].map(({ waiting }) => waiting)).toEqual([0, 0, 0]);
  });

  /** A session of t-0 to t-2, all looked at. */
  function watched() {
    const { sessions } = sessionsOf(1);
    const session = sessions.open(ofFollower("t", 0, 1, 2));
    const [topic] = topics("t", 0);
    if (session === null || topic === undefined) throw new Error("there is room");
    expect(inTurn(session.takeToLookAt())).toEqual([0, 1, 2]);
    const moved = new Map([0, 1, 2].map((partition) => [partition, new Waitable()]));
    for (const [partition, waitable] of moved) session.looked(topic, partition, waitable, false);
    return { sessions, session, topic, moved };
  }
});

describe("the cache of sessions", () => {
  test("without slots there are no sessions", () => {
    expect(sessionsOf(0).sessions.open(ofConsumer("t", 0))).toBeNull();
  });

  test("a name that no topic can have is kept nowhere", () => {
    const { sessions } = sessionsOf(2);
    expect(sessions.open(ofConsumer("t".repeat(250), 0))).toBeNull();
    const session = sessions.open(ofConsumer("t".repeat(249), 0));
    if (session === null) throw new Error("there is room");
    expect(sessions.use(session, topics("t".repeat(250), 0), [])).toBe(false);
    expect(sessions.get(session.id)).toBeUndefined();
  });

  test("a full cache keeps what it has, until the one used longest ago was idle for two minutes", () => {
    const { clock, sessions } = sessionsOf(2);
    const first = sessions.open(ofConsumer("t", 0));
    const second = sessions.open(ofConsumer("t", 0));
    if (first === null || second === null) throw new Error("there is room");
    clock.advance(MINUTE_MS);
    expect(sessions.open(ofConsumer("t", 0))).toBeNull();
    sessions.use(first, [], []);
    clock.advance(MINUTE_MS + 1);
    const third = sessions.open(ofConsumer("t", 0));
    expect(third).not.toBeNull();
    expect([sessions.get(first.id), sessions.get(second.id)]).toEqual([first, undefined]);
  });

  test("of those that are used, a small one that had its time gives way to a larger one, a consumer to a follower", () => {
    const { clock, sessions } = sessionsOf(1);
    const small = sessions.open(ofConsumer("t", 0, 1));
    if (small === null) throw new Error("there is room");
    clock.advance(2 * MINUTE_MS + 1);
    sessions.use(small, [], []);
    expect(sessions.open(ofConsumer("t", 0, 1))).toBeNull();
    const large = sessions.open(ofConsumer("t", 0, 1, 2));
    if (large === null) throw new Error("the larger one goes before");
    clock.advance(2 * MINUTE_MS + 1);
    sessions.use(large, [], []);
    expect(sessions.open(ofFollower("t", 0))).not.toBeNull();
    expect(sessions.get(large.id)).toBeUndefined();
  });
});
