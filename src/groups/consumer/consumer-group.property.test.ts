/**
 * Members of a consumer group that do anything at any time: join, leave, fall silent, lose answers, keep what they should
 * give up; topics that come, grow and go; errands that come back late or fail; a log that refuses; a coordinator that
 * restarts.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { emptyImage } from "../../metadata/image/empty.js";
import { errors } from "../../protocol/errors.js";
import { metadataWith, TestConsumer, type Topics, topicId } from "../consumer-member.test-support.js";
import { GroupShard } from "../group-shard.test-support.js";
import { OffsetModel, offsetStep } from "../offset-model.test-support.js";
import { expectNoDutyOverlooked, loggedHalf, parkedTickets, wholeState } from "../state-views.test-support.js";
import type { ConsumerGroup } from "./consumer-group.js";
import { consumerDeadlineMs } from "./deadline.js";

const ids = ["a", "b", "c", "d"];
const topicSets: readonly Topics[] = [{ t: 3 }, { t: 5, u: 2 }, { t: 5, u: 4, v: 1 }, { u: 2 }, {}];
const subscriptions = [["t"], ["t", "u"], ["u"], []];

/** A client that behaves as far as it can. */
class Client {
  readonly #shard: GroupShard;
  readonly #id: string;
  consumer: TestConsumer;
  #lives = 0;

  constructor(shard: GroupShard, id: string) {
    this.#shard = shard;
    this.#id = id;
    this.consumer = this.#newLife();
  }

  /** `d` is a static member. */
  #newLife(): TestConsumer {
    const consumer = new TestConsumer(this.#shard, `${this.#id}${this.#lives++}`, this.#id === "d" ? "instance" : null);
    if (this.#id === "c") {
      consumer.topics = null;
      consumer.regex = "[tv]";
    }
    return consumer;
  }

  /** What it commits as. */
  get identity() {
    const { memberId, instanceId, epoch: generation } = this.consumer;
    return { memberId, instanceId, generation };
  }

  join(): void {
    this.consumer.join();
  }

  heartbeat(): void {
    if (this.consumer.epoch <= 0) return;
    const errorCode = this.consumer.heartbeat();
    if (errorCode === errors.FENCED_MEMBER_EPOCH.code || errorCode === errors.UNKNOWN_MEMBER_ID.code) this.giveUp();
    else if (errorCode === errors.FENCED_INSTANCE_ID.code) this.restart();
  }

  /** Still has all that it had, or does not say. */
  heartbeatWithoutLettingGo(): void {
    if (this.consumer.epoch > 0) this.consumer.send({ topicPartitions: null });
  }

  /** The answer is lost. */
  heartbeatIntoTheVoid(): void {
    const { epoch, owned } = this.consumer;
    this.heartbeat();
    if (this.consumer.epoch > 0) Object.assign(this.consumer, { epoch, owned });
  }

  subscribe(topics: readonly string[]): void {
    if (this.consumer.epoch > 0 && this.#id !== "c") this.consumer.heartbeat({ subscribedTopicNames: topics });
  }

  leave(): void {
    this.consumer.leave(this.#id === "d" ? -2 : -1);
    this.restart();
  }

  giveUp(): void {
    this.consumer.epoch = 0;
    this.consumer.owned = new Map();
  }

  /** A new process under the same name. */
  restart(): void {
    this.consumer = this.#newLife();
  }

  /** Does what a client has to do next. */
  behave(): void {
    this.consumer.takeJoin();
    if (this.consumer.isJoining) return;
    if (this.consumer.epoch > 0) this.heartbeat();
    else this.join();
  }
}

class World {
  readonly shard: GroupShard;
  readonly clients: readonly Client[];
  readonly #offsets: OffsetModel;
  #metadata = emptyImage;
  #topicLife = 1;
  #before = "";

  constructor(assignmentIntervalMs: number) {
    const settings = { sessionTimeoutMs: 45_000, heartbeatIntervalMs: 5_000, assignmentIntervalMs };
    this.shard = new GroupShard({
      consumer: {
        migrationPolicy: "bidirectional",
        assignors: ["uniform", "range"],
        groupMaxSize: 4,
        settingsOf: () => settings,
      },
    });
    this.clients = ids.map((id) => new Client(this.shard, id));
    this.#offsets = new OffsetModel(this.shard);
    this.shard.watch({
      beforeDecision: () => {
        this.#before = wholeState(this.shard.state);
      },
      afterDecision: () => expect(wholeState(this.shard.state)).toBe(this.#before),
    });
    this.publish(topicSets[1] ?? {});
  }

  publish(topics: Topics): void {
    const after = metadataWith(topics, this.#topicLife);
    this.shard.publish(this.#metadata, after);
    this.#metadata = after;
  }

  run({ does, who, what, ms, offset }: Step): void {
    const client = this.clients[who];
    if (does === "offset") this.#offsets.run(offset, client?.identity ?? {});
    else if (does === "behave") client?.behave();
    else if (does === "settle") this.shard.settle();
    else if (does === "join") client?.join();
    else if (does === "heartbeat") client?.heartbeat();
    else if (does === "keep") client?.heartbeatWithoutLettingGo();
    else if (does === "lose") client?.heartbeatIntoTheVoid();
    else if (does === "subscribe") client?.subscribe(subscriptions[what] ?? []);
    else if (does === "leave") client?.leave();
    else if (does === "restart") client?.restart();
    else if (does === "pass") this.shard.pass(ms);
    else if (does === "finish") this.shard.finishErrand(what === 0 ? "failed" : "well");
    else if (does === "publish") this.publish(topicSets[what] ?? {});
    else if (does === "remakeTopics") this.#remakeTopics();
    else if (does === "refuse") this.shard.refuseNext = errors.NOT_ENOUGH_REPLICAS.code;
    else if (does === "restartCoordinator") this.shard.restart();
    else this.#offsets.deleteGroup();
    for (const { consumer } of this.clients) consumer.takeJoin();
    this.check();
  }

  #remakeTopics(): void {
    this.#topicLife++;
    this.publish({ t: 3, u: 1 });
  }

  get group(): Readonly<ConsumerGroup> | null {
    const membership = this.shard.state.groups.get("g")?.membership;
    return membership?.kind === "consumer" ? membership.group : null;
  }

  check(): void {
    const { state } = this.shard;
    expect(loggedHalf(this.shard.replayed())).toEqual(loggedHalf(state));
    expectNoDutyOverlooked(state);
    this.#offsets.check();
    const parked = parkedTickets(state);
    for (const id of this.shard.unanswered) expect(parked.has(id)).toBe(true);
    const membership = state.groups.get("g")?.membership;
    if (membership?.kind !== "consumer") return;
    expectOneOwnerEach(membership.group);
    const { sessions, joining } = membership.life;
    for (const id of membership.group.members.keys()) expect(sessions.has(id) || joining.has(id)).toBe(true);
    for (const id of membership.life.sessions.keys()) expect(membership.group.members.has(id)).toBe(true);
    // New topics are seen with the next heartbeat.
    const topics = membership.life.checkedTopics ?? state.metadata.topicsByName;
    const dueMs = consumerDeadlineMs(membership, topics);
    if (dueMs !== null) expect(state.deadlines.first()?.dueMs).toBeLessThanOrEqual(dueMs);
  }

  /** Everybody does what is to be done, until nothing moves. */
  settle(): void {
    this.shard.refuseNext = null;
    this.shard.watch({});
    for (let round = 0; round < 60; round++) {
      this.shard.settle();
      for (const client of this.clients) client.behave();
      this.shard.pass(5_000);
    }
    this.check();
  }

  expectStable(topics: Topics): void {
    const { group } = this;
    expect(this.shard.call("consumerGroupDescribe", { groupIds: ["g"] }).reply?.[0]?.groupState).toBe("Stable");
    const subscribed = new Set(
      [...(group?.members.values() ?? [])].flatMap(({ topicNames, topicRegex }) => [
        ...topicNames,
        ...(topicRegex === null ? [] : ["t", "v"]),
      ]),
    );
    const wanted = Object.entries(topics).flatMap(([name, count]) =>
      subscribed.has(name) ? Array.from({ length: count }, (_, i) => `${topicId(name, this.#topicLife)}/${i}`) : [],
    );
    expect(ownedBy(group).sort()).toEqual(wanted.sort());
    const known = this.clients.flatMap(({ consumer }) =>
      [...consumer.owned].flatMap(([id, partitions]) => [...partitions].map((partition) => `${id}/${partition}`)),
    );
    expect(known.sort()).toEqual(wanted);
  }
}

function ownedBy(group: Readonly<ConsumerGroup> | null): string[] {
  return [...(group?.members.values() ?? [])].flatMap(({ assigned, pendingRevocation }) =>
    [...assigned, ...pendingRevocation].flatMap(([id, partitions]) =>
      [...partitions.keys()].map((partition) => `${id}/${partition}`),
    ),
  );
}

function expectOneOwnerEach(group: Readonly<ConsumerGroup>): void {
  const all = ownedBy(group);
  expect(new Set(all).size).toBe(all.length);
  const owners = [...group.owners].flatMap(([id, partitions]) =>
    [...partitions.keys()].map((index) => `${id}/${index}`),
  );
  expect(owners.sort()).toEqual(all.sort());
  for (const { epoch } of group.members.values()) expect(epoch).toBeLessThanOrEqual(group.assignmentEpoch);
  expect(group.assignmentEpoch).toBeLessThanOrEqual(group.epoch);
}

const does = fc.oneof(
  { weight: 10, arbitrary: fc.constantFrom("behave", "behave", "behave", "settle", "settle", "finish") },
  { weight: 5, arbitrary: fc.constantFrom("join", "heartbeat", "lose", "keep", "pass") },
  { weight: 4, arbitrary: fc.constantFrom("subscribe", "leave", "restart", "pass") },
  { weight: 3, arbitrary: fc.constant("offset") },
  { weight: 2, arbitrary: fc.constantFrom("publish", "remakeTopics", "refuse", "restartCoordinator", "deleteGroup") },
);
const step = fc.record({
  does,
  who: fc.nat(ids.length - 1),
  what: fc.nat(4),
  ms: fc.constantFrom(0, 1, 1_000, 20_000, 31_000, 46_000),
  offset: offsetStep,
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

test("whatever members do, no partition has two owners, offsets stand, and the log rebuilds all that it says", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 80 }), fc.constantFrom(0, 1_000), (steps, intervalMs) => {
      const world = new World(intervalMs);
      for (const each of steps) world.run(each);
    }),
    { seed: 20261121, numRuns: 200 },
  );
});

test("members that behave come to a stable group in which every partition has one owner, who knows it", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.constantFrom(0, 1_000), (steps, intervalMs) => {
      const world = new World(intervalMs);
      for (const each of steps) world.run(each);
      const topics = { t: 5, u: 4, v: 1 };
      world.publish(topics);
      world.settle();
      world.expectStable(topics);
    }),
    { seed: 20261121, numRuns: 80 },
  );
});

test("members that fall silent leave an empty group, and nobody without an answer", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const world = new World(0);
      for (const each of steps) world.run(each);
      world.shard.refuseNext = null;
      for (let i = 0; i < 10; i++) {
        world.shard.settle();
        world.shard.pass(60_000);
      }
      expect(world.group?.members.size ?? 0).toBe(0);
      expect(world.shard.unanswered).toEqual([]);
      expect(world.shard.state.deadlines.first()).toBeNull();
    }),
    { seed: 20261121, numRuns: 80 },
  );
});
