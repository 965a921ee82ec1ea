/** Producers and zombies that do anything at any time, partitions that fail, a log that refuses, a coordinator that restarts. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { errors } from "../protocol/errors.js";
import { TestProducer } from "./producer.test-support.js";
import { expectConsistent, expectSoundHistory, loggedHalf, wholeState } from "./state-views.test-support.js";
import { LAST_PRODUCER_EPOCH } from "./states.js";
import { type Answer, TransactionShard } from "./transaction-shard.test-support.js";
import type { ProducerReply } from "./transaction-types.js";

/** On a machine that has much else to do. */
const RUN_MS_MAX = 60_000;

const EXPIRATION_MS = 200_000;
const allTopics = { t: 2, u: 2, __consumer_offsets: 1 };

/** Two processes for each transactional id, of the generations in turn. */
const who = fc.nat(5);
const topic = fc.constantFrom("t", "u", "__consumer_offsets");
const markerError = fc.constantFrom(
  errors.NONE.code,
  errors.NOT_LEADER_OR_FOLLOWER.code,
  errors.UNKNOWN_TOPIC_OR_PARTITION.code,
  errors.INVALID_PRODUCER_EPOCH.code,
  null,
);

const action = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant("init" as const), who }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("initAgain" as const), who }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("add" as const), who, topic, partition: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("verify" as const), who, topic }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("end" as const), who, commit: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("copy" as const), who, of: who }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("errand" as const), which: fc.nat(3), topic, markerError }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("noProducerId" as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("pass" as const), ms: fc.constantFrom(300, 15_000, 70_000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("sleep" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("refuse" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("reload" as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("topics" as const), withU: fc.boolean(), version: fc.constantFrom(1, 2) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("age" as const), who }) },
);

type Action = typeof action extends fc.Arbitrary<infer A> ? A : never;

class World {
  readonly shard = new TransactionShard({
    transactionalIdExpirationMs: EXPIRATION_MS,
    transactionRemoveExpiredTransactionCleanupIntervalMs: EXPIRATION_MS,
  });
  readonly producers = Array.from(
    { length: 6 },
    (_, i) => new TestProducer(this.shard, { transactionalId: `tx${i % 3}`, generation: i % 3 === 0 ? 0 : 2 }),
  );
  #pending: { readonly producer: TestProducer; readonly answer: Answer<ProducerReply> }[] = [];

  constructor() {
    let before = "";
    this.shard.onInput = () => {
      before = wholeState(this.shard.state);
    };
    this.shard.onDecision = ({ records }, input) => {
      expect(wholeState(this.shard.state)).toBe(before);
      if (input.type === "call" && input.name !== "initProducerId") this.#expectOwner(input.request, records);
    };
  }

  do(next: Action): void {
    this.#carryOut(next);
    this.#takeAnswers();
    expectConsistent(this.shard);
    if (next.do === "errand" || next.do === "refuse") this.expectReplayed();
  }

  expectReplayed(): void {
    expect(loggedHalf(this.shard.replayed())).toEqual(loggedHalf(this.shard.state));
  }

  /** Nothing fails any more. */
  recover(): void {
    this.shard.refuseNext = null;
    this.shard.publish(allTopics);
    for (let i = 0; i < 5; i++) {
      this.shard.settle();
      this.shard.pass(1_000);
    }
    this.#takeAnswers();
  }

  get unanswered(): number {
    return this.#pending.length;
  }

  /** Who does not have the present producer id and epoch changes nothing. */
  #expectOwner(request: object, records: readonly unknown[]): void {
    if (!("transactionalId" in request && "producerEpoch" in request && "producerId" in request)) return;
    const logged = this.shard.state.transactions.get(String(request.transactionalId))?.logged;
    const { producerId, producerEpoch } = logged ?? {};
    const isOwner = producerId === request.producerId && producerEpoch === request.producerEpoch;
    if (!isOwner) expect(records).toEqual([]);
  }

  #carryOut(next: Action): void {
    const { shard } = this;
    const producer = this.#producer("who" in next ? next.who : 0);
    switch (next.do) {
      case "init":
        this.#pending.push({ producer, answer: producer.initLater() });
        break;
      case "initAgain":
        this.#pending.push({ producer, answer: producer.initLater(identityOf(producer)) });
        break;
      case "add":
        producer.addLater({ name: next.topic, partitions: [next.partition] });
        break;
      case "verify":
        producer.verify({ name: next.topic, partitions: [0, 1] });
        break;
      case "end":
        this.#pending.push({ producer, answer: producer.endLater(next.commit) });
        break;
      case "copy": {
        const original = this.#producer(next.of);
        if (original.transactionalId === producer.transactionalId) Object.assign(producer, identityOf(original));
        break;
      }
      case "errand":
        for (let i = 0; i < next.which; i++) shard.errands.push(...shard.errands.splice(0, 1));
        shard.finishErrand(({ topic: of }) => (of === next.topic ? next.markerError : errors.NONE.code));
        break;
      case "noProducerId":
        if (shard.errands[0]?.type === "allocateProducerId")
          shard.failAllocation(errors.COORDINATOR_NOT_AVAILABLE.code);
        break;
      case "pass":
        shard.pass(next.ms);
        break;
      case "sleep":
        shard.pass(2 * EXPIRATION_MS);
        break;
      case "refuse":
        shard.refuseNext = errors.NOT_ENOUGH_REPLICAS.code;
        break;
      case "reload":
        shard.reload();
        break;
      case "topics":
        shard.publish(next.withU ? allTopics : { t: 2, __consumer_offsets: 1 }, next.version);
        break;
      case "age":
        this.#age(producer);
        break;
    }
  }

  /** Its present epoch is the last one of its producer id, or nearly. */
  #age(producer: TestProducer): void {
    const logged = this.shard.state.transactions.get(producer.transactionalId)?.logged;
    if (logged === undefined || logged.state !== "Empty" || logged.producerEpoch >= LAST_PRODUCER_EPOCH) return;
    producer.producerId = logged.producerId;
    producer.producerEpoch = LAST_PRODUCER_EPOCH;
    this.shard.rewrite(producer.transactionalId, { producerEpoch: LAST_PRODUCER_EPOCH });
  }

  #producer(index: number): TestProducer {
    return this.producers[index] ?? new TestProducer(this.shard);
  }

  #takeAnswers(): void {
    const isOver = ({ reply, errorCode }: Answer<unknown>) => reply !== null || errorCode !== null;
    for (const { producer, answer } of this.#pending) if (answer.reply !== null) producer.take(answer);
    this.#pending = this.#pending.filter(({ answer }) => !isOver(answer));
  }
}

function identityOf({ producerId, producerEpoch }: TestProducer) {
  return { producerId, producerEpoch };
}

test(
  "whatever happens, the log rebuilds what it says, the fenced change nothing, and what is prepared is completed",
  () => {
    fc.assert(
      fc.property(fc.array(action, { minLength: 1, maxLength: 80, size: "max" }), (actions) => {
        const world = new World();
        for (const next of actions) world.do(next);
        world.recover();
        expect(world.unanswered).toBe(0);
        expect(world.shard.state.markers.size).toBe(0);
        expectConsistent(world.shard);
        world.expectReplayed();
      }),
      { seed: 20261121, numRuns: 150 },
    );
  },
  RUN_MS_MAX,
);

test(
  "every outcome stands, epochs run forward, and no producer id belongs to two",
  () => {
    const sound = action.filter(({ do: what }) => what !== "age");
    fc.assert(
      fc.property(fc.array(sound, { minLength: 20, maxLength: 120, size: "max" }), (actions) => {
        const world = new World();
        for (const next of actions) world.do(next);
        world.recover();
        expectSoundHistory(world.shard);
      }),
      { seed: 20261121, numRuns: 80 },
    );
  },
  RUN_MS_MAX,
);
