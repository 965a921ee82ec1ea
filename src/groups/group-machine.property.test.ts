/** Members that do anything at any time, a clock that runs, a log that refuses, a coordinator that restarts. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { errors } from "../protocol/errors.js";
import type { JoinGroupReply, SyncGroupReply } from "./calls.js";
import { type Answer, GroupShard } from "./group-shard.test-support.js";
import { bytesOf, type MemberOptions, TestMember, textOf } from "./member.test-support.js";
import { OffsetModel, type OffsetStep, offsetStep } from "./offset-model.test-support.js";
import {
  classicMembership,
  expectConsistent,
  loggedHalf,
  parkedTickets,
  wholeState,
} from "./state-views.test-support.js";

const clientOptions: readonly MemberOptions[] = [
  { clientId: "a", protocols: ["range", "sticky"] },
  { clientId: "b", protocols: ["sticky", "range"], sessionTimeoutMs: 6_000, rebalanceTimeoutMs: 8_000 },
  { clientId: "c", instanceId: "c", rebalanceTimeoutMs: 20_000 },
  { clientId: "d", instanceId: "d", protocols: ["range"], apiVersion: 6 },
  { clientId: "e", apiVersion: 0, topics: ["u"] },
];

/** A client that behaves as far as it can: it takes what it is told, and starts over when it is told to. */
class Client {
  readonly #options: MemberOptions;
  #member: TestMember;
  #join: Answer<JoinGroupReply> | null = null;
  #syncs: { readonly answer: Answer<SyncGroupReply>; readonly generation: number }[] = [];
  /** The ids for which it has to assign, when it leads. */
  #led: JoinGroupReply["members"] = [];
  #lives = 0;
  #place: "outside" | "joined" | "synced" = "outside";

  constructor(shard: GroupShard, options: MemberOptions) {
    this.#options = options;
    this.#member = new TestMember(shard, options);
  }

  join(): void {
    this.#join = this.#member.join();
  }

  sync(): void {
    const assignments = this.#led.map(({ memberId, groupInstanceId }) => [
      memberId,
      `${this.#member.generation}/${groupInstanceId ?? memberId}`,
    ]);
    this.#syncs.push({
      answer: this.#member.sync(Object.fromEntries(assignments)),
      generation: this.#member.generation,
    });
  }

  heartbeat(): void {
    this.#member.heartbeat();
  }

  /** What it commits as. */
  get identity() {
    const { memberId, instanceId, generation } = this.#member;
    return { memberId, instanceId, generation };
  }

  leave(): void {
    this.#member.leave();
  }

  /** Changes its mind about the topics. */
  resubscribe(): void {
    this.#member.topics = this.#member.topics.length > 1 ? ["t"] : ["t", "more"];
  }

  hangUp(): void {
    if (this.#join !== null) this.#member.shard.hangUp(this.#join);
    for (const { answer } of this.#syncs) this.#member.shard.hangUp(answer);
  }

  /** A new process under the same name. */
  restart(): void {
    this.#member = new TestMember(this.#member.shard, {
      ...this.#options,
      clientId: `${this.#options.clientId}${++this.#lives}`,
    });
    this.#join = null;
    this.#syncs = [];
    this.#led = [];
    this.#place = "outside";
  }

  takeAnswers(): void {
    if (this.#join !== null && isOver(this.#join)) this.#takeJoin(this.#join);
    for (const { answer, generation } of this.#syncs) if (isOver(answer)) this.#takeSync(answer, generation);
    this.#syncs = this.#syncs.filter(({ answer }) => !isOver(answer));
  }

  /** Does what a client has to do next. */
  behave(): void {
    this.takeAnswers();
    if (this.#join !== null || this.#syncs.length > 0) return;
    if (this.#place === "synced") this.#proveLife();
    else if (this.#place === "joined") this.sync();
    else this.join();
    this.takeAnswers();
  }

  #proveLife(): void {
    const errorCode = this.#member.heartbeat();
    if (errorCode === 0) return;
    this.#place = "outside";
    if (errorCode !== errors.REBALANCE_IN_PROGRESS.code) this.#member.memberId = "";
  }

  #takeJoin(answer: Answer<JoinGroupReply>): void {
    const { reply } = answer;
    this.#join = null;
    if (reply?.errorCode === errors.MEMBER_ID_REQUIRED.code) this.#member.memberId = reply.memberId;
    else if (reply?.errorCode === 0) this.#takeGeneration(answer, reply);
    else if (reply?.errorCode !== errors.REBALANCE_IN_PROGRESS.code) this.#member.memberId = "";
  }

  #takeGeneration(answer: Answer<JoinGroupReply>, reply: JoinGroupReply): void {
    this.#place = "joined";
    this.#member.learn(answer);
    this.#led = reply.leader === reply.memberId && reply.skipAssignment !== true ? reply.members : [];
    if (reply.leader === reply.memberId)
      expect(reply.members.map(({ memberId }) => memberId)).toContain(reply.memberId);
  }

  #takeSync(answer: Answer<SyncGroupReply>, generation: number): void {
    this.#place = answer.reply?.errorCode === 0 ? "synced" : "outside";
    if (answer.reply?.errorCode === 0) this.#expectPart(answer, generation);
  }

  /** What the leader of the generation assigned to it; nothing, if that leader did not know. */
  #expectPart({ reply }: Answer<SyncGroupReply>, generation: number): void {
    const { instanceId, memberId } = this.#member;
    expect(["", `${generation}/${instanceId ?? memberId}`]).toContain(textOf(reply?.assignment));
  }
}

function isOver({ reply, errorCode }: Answer<unknown>): boolean {
  return reply !== null || errorCode !== null;
}

const client = fc.integer({ min: 0, max: clientOptions.length - 1 });
const step = fc.oneof(
  { weight: 12, arbitrary: fc.record({ does: fc.constantFrom("join", "join", "sync", "sync", "heartbeat"), client }) },
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constantFrom("leave", "resubscribe", "hangUp", "restart"), client }),
  },
  { weight: 3, arbitrary: fc.record({ does: fc.constant("offset"), client, offset: offsetStep }) },
  {
    weight: 6,
    arbitrary: fc.record({ does: fc.constant("pass"), ms: fc.constantFrom(0, 1, 1_000, 5_000, 9_000, 70_000) }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constantFrom("restartCoordinator", "refuse", "deleteGroup") }) },
);
type Step = { does: string; client?: number; ms?: number; offset?: OffsetStep };

class World {
  readonly shard: GroupShard;
  readonly clients: readonly Client[];
  #before = "";
  #generation = 0;
  readonly #offsets: OffsetModel;

  constructor(groupInitialRebalanceDelayMs: number, groupMaxSize: number) {
    this.shard = new GroupShard({ groupInitialRebalanceDelayMs, groupMaxSize });
    this.clients = clientOptions.map((options) => new Client(this.shard, options));
    this.#offsets = new OffsetModel(this.shard);
    this.shard.watch({
      beforeDecision: () => {
        this.#before = wholeState(this.shard.state);
      },
      afterDecision: () => expect(wholeState(this.shard.state)).toBe(this.#before),
    });
  }

  run({ does, client: index = 0, ms = 0, offset }: Step): void {
    const one = this.clients[index];
    if (does === "pass") this.shard.pass(ms);
    else if (does === "refuse") this.shard.refuseNext = errors.NOT_ENOUGH_REPLICAS.code;
    else if (does === "restartCoordinator") this.#startOver(() => this.shard.restart());
    else if (does === "deleteGroup") this.#startOver(() => this.#offsets.deleteGroup());
    else if (offset !== undefined) this.#offsets.run(offset, one?.identity ?? {});
    else one?.[does as "join" | "sync" | "heartbeat" | "leave" | "resubscribe" | "hangUp" | "restart"]();
    for (const each of this.clients) each.takeAnswers();
    this.#check();
  }

  /** A generation that was never written down may come again after a restart. */
  #startOver(run: () => void): void {
    run();
    this.#generation = 0;
  }

  #check(): void {
    const { state } = this.shard;
    expectConsistent(state);
    this.#offsets.check();
    expect(loggedHalf(this.shard.replayed())).toEqual(loggedHalf(state));
    const parked = parkedTickets(state);
    for (const id of this.shard.unanswered) expect(parked.has(id)).toBe(true);
    const generation = classicMembership(state)?.live.generation ?? 0;
    if (state.groups.has("g")) expect(generation).toBeGreaterThanOrEqual(this.#generation);
    this.#generation = generation;
  }

  /** Everybody does what is to be done, for longer than any timeout. */
  settle(): void {
    this.shard.refuseNext = null;
    this.shard.watch({});
    for (let second = 0; second < 400; second += 2) {
      for (const each of this.clients) each.behave();
      this.shard.pass(2_000);
    }
    this.#check();
  }

  /** Nobody does anything any more. */
  fallSilent(): void {
    this.shard.refuseNext = null;
    this.shard.pass(3_600_000);
    for (const each of this.clients) each.takeAnswers();
    this.#check();
    expect(this.shard.unanswered).toEqual([]);
    const live = classicMembership(this.shard.state)?.live;
    expect(live?.state ?? "Dead").toMatch(/^(Empty|Dead)$/);
    expect(this.shard.state.deadlines.first()).toBeNull();
  }
}

test("whatever members do, the log rebuilds what it says, generations grow, offsets stand, joins are answered, the silent removed", () => {
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 1, maxLength: 80 }),
      fc.constantFrom(0, 3_000),
      fc.constantFrom(3, 1_000),
      (steps, delayMs, maxSize) => {
        const world = new World(delayMs, maxSize);
        for (const each of steps) world.run(each);
        world.fallSilent();
      },
    ),
    { seed: 20261121, numRuns: 150 },
  );
});

test("members that behave reach a stable group in which each has its part, however they were mixed up before", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const world = new World(0, 1_000);
      for (const each of steps) world.run(each);
      world.settle();
      const live = classicMembership(world.shard.state)?.live;
      expect(live?.state).toBe("Stable");
      expect(live?.state === "Stable" && live.members.size).toBe(clientOptions.length);
    }),
    { seed: 20261121, numRuns: 60 },
  );
});

test("what the leader assigns to the members of its generation is what each of them gets", () => {
  const texts = fc.array(fc.string(), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(texts, fc.nat(5), (parts, leaderSyncsAt) => {
      const shard = new GroupShard();
      const members = parts.map((_, i) => new TestMember(shard, { clientId: `c${i}`, apiVersion: 3 }));
      const joins = members.map((member) => member.join());
      shard.pass(0);
      for (const [i, member] of members.entries()) member.learn(joins[i] ?? member.join());
      const [leader, ...followers] = members;
      const all = Object.fromEntries(members.map(({ memberId }, i) => [memberId, parts[i] ?? ""]));
      const order = followers.map((member) => ({ member, assignments: {} as Record<string, string> }));
      if (leader !== undefined) order.splice(leaderSyncsAt, 0, { member: leader, assignments: all });
      const answers = order.map(({ member, assignments }) => [member, member.sync(assignments)] as const);
      for (const [{ memberId }, { reply }] of answers) {
        expect(Buffer.from(reply?.assignment ?? [])).toEqual(Buffer.from(bytesOf(all[memberId] ?? "")));
      }
    }),
    { seed: 20261121 },
  );
});
