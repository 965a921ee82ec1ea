/**
 * Classic members and those of the consumer protocol in one group, doing anything at any time: the group turns from one
 * kind into the other and back, and never loses track of who has what.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { emptyImage } from "../../metadata/image/empty.js";
import { errors } from "../../protocol/errors.js";
import type { ConsumerGroup } from "../consumer/consumer-group.js";
import { consumerDeadlineMs } from "../consumer/deadline.js";
import { metadataWith, TestConsumer, type Topics, topicId } from "../consumer-member.test-support.js";
import type { MigrationPolicy } from "../group-config.js";
import { GroupShard } from "../group-shard.test-support.js";
import { OffsetModel, offsetStep } from "../offset-model.test-support.js";
import { expectConsistent, loggedHalf, parkedTickets, wholeState } from "../state-views.test-support.js";
import { ClassicClient } from "./classic-client.test-support.js";

const topics: Topics = { t: 5, u: 2 };

/** A process under one name, which may come back with the other protocol. */
class Client {
  readonly #shard: GroupShard;
  readonly #name: string;
  readonly #instanceId: string | null;
  readonly #isCooperative: boolean;
  #lives = 0;
  #known: Topics = topics;
  current: ClassicClient | TestConsumer;

  constructor(shard: GroupShard, name: string, isCooperative: boolean) {
    this.#shard = shard;
    this.#name = name;
    this.#isCooperative = isCooperative;
    this.#instanceId = name === "s" ? "instance" : null;
    this.current = this.#classic();
  }

  #classic(): ClassicClient {
    const clientId = `${this.#name}${this.#lives++}`;
    const instance = this.#instanceId === null ? {} : { instanceId: this.#instanceId };
    const subscribed = { topics: this.#name === "b" ? ["t", "u"] : ["t"] };
    const options = { clientId, isCooperative: this.#isCooperative, ...instance, ...subscribed };
    return new ClassicClient(this.#shard, this.#known, options);
  }

  knowTopics(known: Topics): void {
    this.#known = known;
    if (this.current instanceof ClassicClient) this.current.knowTopics(known);
  }

  /** A new process, with that protocol. */
  restart(protocol: "classic" | "consumer"): void {
    const id = `${this.#name}${this.#lives++}`;
    this.current = protocol === "classic" ? this.#classic() : new TestConsumer(this.#shard, id, this.#instanceId);
  }

  /** What it commits as. */
  get identity() {
    const { current } = this;
    const generation = current instanceof ClassicClient ? current.generation : current.epoch;
    return { memberId: current.memberId, instanceId: this.#instanceId, generation };
  }

  leave(): void {
    if (this.current instanceof ClassicClient) this.current.leave();
    else this.current.leave(this.#instanceId === null ? -1 : -2);
  }

  join(): void {
    this.current.join();
  }

  behave(): void {
    if (this.current instanceof ClassicClient) this.current.behave();
    else behaveAsConsumer(this.current);
  }

  takeAnswers(): void {
    if (this.current instanceof ClassicClient) this.current.takeAnswers();
    else this.current.takeJoin();
  }
}

function behaveAsConsumer(consumer: TestConsumer): void {
  consumer.takeJoin();
  if (consumer.isJoining) return;
  if (consumer.epoch <= 0) {
    consumer.join();
    return;
  }
  const errorCode = consumer.heartbeat();
  if (errorCode !== errors.NONE.code) {
    consumer.epoch = 0;
    consumer.owned = new Map();
  }
}

class World {
  readonly shard: GroupShard;
  readonly clients: readonly Client[];
  readonly #look: () => void;
  readonly #offsets: OffsetModel;
  #metadata = emptyImage;
  #before = "";

  /** `look` is called whenever a client has done something. */
  constructor(
    isCooperative: boolean,
    migrationPolicy: MigrationPolicy = "bidirectional",
    look: (world: World) => void = () => undefined,
  ) {
    this.#look = () => look(this);
    const settings = { sessionTimeoutMs: 45_000, heartbeatIntervalMs: 5_000, assignmentIntervalMs: 0 };
    const consumer = { assignors: ["uniform", "range"], groupMaxSize: 4, settingsOf: () => settings };
    this.shard = new GroupShard({ consumer: { migrationPolicy, ...consumer } });
    this.clients = ["a", "b", "c", "s"].map((name) => new Client(this.shard, name, isCooperative));
    this.#offsets = new OffsetModel(this.shard);
    this.shard.watch({
      beforeDecision: () => {
        this.#before = wholeState(this.shard.state);
      },
      afterDecision: () => expect(wholeState(this.shard.state)).toBe(this.#before),
    });
    this.publish(topics);
  }

  publish(next: Topics): void {
    const after = metadataWith(next);
    this.shard.publish(this.#metadata, after);
    this.#metadata = after;
    for (const client of this.clients) client.knowTopics(next);
  }

  run({ does, who, ms, offset }: Step): void {
    const client = this.clients[who];
    if (does === "offset") this.#offsets.run(offset, client?.identity ?? {});
    else if (does === "behave") client?.behave();
    else if (does === "round") this.#round(who);
    else if (does === "settle") this.shard.settle();
    else if (does === "join") client?.join();
    else if (does === "leave") client?.leave();
    else if (does === "classic" || does === "consumer") client?.restart(does);
    else if (does === "finish") this.shard.finishErrand(ms === 0 ? "failed" : "well");
    else if (does === "pass") this.shard.pass(ms);
    else if (does === "publish") this.publish(ms > 1_000 ? topics : { t: 7, u: 2 });
    else if (does === "refuse") this.shard.refuseNext = errors.NOT_ENOUGH_REPLICAS.code;
    else this.shard.restart();
    for (const each of this.clients) each.takeAnswers();
    this.#look();
    this.check();
  }

  /** Everybody does one thing that is to be done, that one first. */
  #round(who = 0): void {
    for (const client of [...this.clients.slice(who), ...this.clients.slice(0, who)]) {
      client.behave();
      this.#look();
    }
    this.shard.settle();
  }

  check(): void {
    const { state } = this.shard;
    expect(loggedHalf(this.shard.replayed())).toEqual(loggedHalf(state));
    expectConsistent(state);
    this.#offsets.check();
    const parked = parkedTickets(state);
    for (const id of this.shard.unanswered) expect(parked.has(id)).toBe(true);
    const membership = state.groups.get("g")?.membership;
    if (membership?.kind !== "consumer") return;
    const { group, life } = membership;
    expectOneOwnerEach(group);
    for (const id of group.members.keys()) expect(life.sessions.has(id) || life.joining.has(id)).toBe(true);
    for (const duties of [life.sessions, life.revocations, life.rejoins, life.syncs]) {
      for (const id of duties.keys()) expect(group.members.has(id)).toBe(true);
    }
    const dueMs = consumerDeadlineMs(membership, life.checkedTopics ?? state.metadata.topicsByName);
    if (dueMs !== null) expect(state.deadlines.first()?.dueMs).toBeLessThanOrEqual(dueMs);
  }

  /** Everybody does what is to be done, until nothing moves. */
  settle(): void {
    this.shard.refuseNext = null;
    this.shard.watch({});
    for (let round = 0; round < 100; round++) {
      this.#round();
      this.shard.pass(2_000);
    }
    this.check();
  }

  /** Every partition that somebody wants has one client that knows it, and no client has what the group does not say. */
  expectAllShared(): void {
    const isWanted = this.clients.some(({ current }) => current.topics?.includes("u"));
    const wanted = Object.entries(topics).flatMap(([name, count]) =>
      name === "t" || isWanted ? Array.from({ length: count }, (_, index) => `${topicId(name)}/${index}`) : [],
    );
    expect(this.known.sort()).toEqual(wanted.sort());
  }

  /** What the clients think they have. */
  get known(): string[] {
    return this.clients.flatMap(({ current }) =>
      [...current.owned].flatMap(([id, partitions]) => [...partitions].map((index) => `${id}/${index}`)),
    );
  }
}

function expectOneOwnerEach(group: Readonly<ConsumerGroup>): void {
  const all = [...group.members.values()].flatMap(({ assigned, pendingRevocation }) =>
    [...assigned, ...pendingRevocation].flatMap(([id, partitions]) =>
      [...partitions.keys()].map((index) => `${id}/${index}`),
    ),
  );
  expect(new Set(all).size).toBe(all.length);
}

const step = fc.record({
  does: fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom("behave", "behave", "settle", "round", "round", "round") },
    { weight: 4, arbitrary: fc.constantFrom("classic", "consumer", "consumer", "leave", "join") },
    { weight: 3, arbitrary: fc.constantFrom("pass", "pass", "finish") },
    { weight: 3, arbitrary: fc.constant("offset") },
    { weight: 1, arbitrary: fc.constantFrom("publish", "refuse", "restartCoordinator") },
  ),
  who: fc.nat(3),
  ms: fc.constantFrom(0, 1, 2_000, 9_000, 21_000, 46_000),
  offset: offsetStep,
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const round: Step = {
  ...{ does: "round", who: 0, ms: 0 },
  offset: { does: "commit", partition: 0, producerId: 0, commit: true },
};
const steps = fc.array(step, { minLength: 1, maxLength: 80, size: "max" });

const policies: readonly MigrationPolicy[] = ["bidirectional", "bidirectional", "upgrade", "downgrade", "disabled"];

test("whatever mixed members do, no partition has two owners, offsets stand, and the log rebuilds all that it says", () => {
  fc.assert(
    fc.property(steps, fc.boolean(), fc.constantFrom(...policies), (all, isCooperative, policy) => {
      const world = new World(isCooperative, policy);
      for (const each of all) world.run(each);
    }),
    { seed: 20261121, numRuns: 30 },
  );
});

test("mixed members that behave share all partitions, whatever kind the group is by then", () => {
  fc.assert(
    fc.property(steps, fc.boolean(), (all, isCooperative) => {
      const world = new World(isCooperative);
      for (const each of all) world.run(each);
      world.publish(topics);
      world.settle();
      world.expectAllShared();
    }),
    { seed: 20261121, numRuns: 30 },
  );
});

test("mixed members that fall silent leave an empty group, and nobody without an answer", () => {
  fc.assert(
    fc.property(steps, fc.boolean(), (all, isCooperative) => {
      const world = new World(isCooperative);
      for (const each of all) world.run(each);
      world.shard.refuseNext = null;
      for (let round = 0; round < 12; round++) {
        world.shard.settle();
        world.shard.pass(400_000);
      }
      expect(world.shard.unanswered).toEqual([]);
      expect(world.shard.state.deadlines.first()).toBeNull();
    }),
    { seed: 20261121, numRuns: 30 },
  );
});

test("as long as nobody is late, no two clients think at any time that they have the same partition", () => {
  const rounds = Array.from({ length: 8 }, (): Step => round);
  const timely = steps.map((all) => [...rounds, ...all.flatMap(timelySteps)]);
  fc.assert(
    fc.property(timely, fc.boolean(), (all, isCooperative) => {
      const world = new World(isCooperative, "bidirectional", ({ known }) =>
        expect(new Set(known).size).toBe(known.length),
      );
      for (const each of all) world.run(each);
    }),
    { seed: 20261121, numRuns: 30 },
  );
});

/** No session ends, and who goes says so. */
function timelySteps(each: Step): Step[] {
  if (each.does === "pass") return [];
  return each.does === "classic" || each.does === "consumer" ? [{ ...each, does: "leave" }, each] : [each];
}
