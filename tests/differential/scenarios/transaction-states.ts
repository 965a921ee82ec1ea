/**
 * The coordinator's table of states, walked at random and always the same way: starts, partitions and ends of both
 * generations, with present, former and future epochs. After every step the transaction is described.
 */
import { errors } from "../../../src/protocol/errors.js";
import { InitProducerId } from "../../../src/protocol/messages/22-init-producer-id.js";
import { AddPartitionsToTxn } from "../../../src/protocol/messages/24-add-partitions-to-txn.js";
import { EndTxn } from "../../../src/protocol/messages/26-end-txn.js";
import { DescribeTransactions } from "../../../src/protocol/messages/65-describe-transactions.js";
import { type Connection, type Scenario, scenario } from "../scenario.js";
import { ended } from "../transaction-steps.js";

const STEPS = 150;

/** A producer id and epoch that somebody had once, or may have. */
interface Identity {
  readonly producerId: number;
  readonly producerEpoch: number;
}

class Walker {
  readonly #connection: Connection;
  readonly #transactionalId: string;
  readonly #topic: string;
  /** What the coordinator gave out, the latest last. */
  readonly #given: Identity[] = [];

  constructor(connection: Connection, transactionalId: string, topic: string) {
    this.#connection = connection;
    this.#transactionalId = transactionalId;
    this.#topic = topic;
  }

  async init(identity: Identity): Promise<void> {
    const { producerId, producerEpoch, errorCode } = await this.#connection.sendUntil(
      InitProducerId,
      4,
      { transactionalId: this.#transactionalId, transactionTimeoutMs: 60_000, ...identity },
      // The second while the broker fetches a block of producer ids.
      (answer) => answer.errorCode !== errors.COORDINATOR_LOAD_IN_PROGRESS.code,
    );
    if (errorCode === 0) this.#given.push({ producerId, producerEpoch });
  }

  async add(identity: Identity, partition: number): Promise<void> {
    await this.#connection.send(AddPartitionsToTxn, 3, {
      v3AndBelowTransactionalId: this.#transactionalId,
      v3AndBelowProducerId: identity.producerId,
      v3AndBelowProducerEpoch: identity.producerEpoch,
      v3AndBelowTopics: [{ name: this.#topic, partitions: [partition] }],
    });
  }

  async end(version: number, identity: Identity, committed: boolean): Promise<void> {
    const request = { transactionalId: this.#transactionalId, ...identity, committed };
    const { errorCode, producerId = -1, producerEpoch = -1 } = await this.#connection.send(EndTxn, version, request);
    if (errorCode === 0 && version >= 5) this.#given.push({ producerId, producerEpoch });
  }

  /** Most often the present identity, sometimes one of its neighbours. */
  identity(chance: Chance): Identity {
    const latest = this.#given.at(-1) ?? { producerId: 0, producerEpoch: 0 };
    const producerEpoch = latest.producerEpoch + chance.of([0, 0, 0, 0, -1, -1, -2, 1]);
    return { producerId: latest.producerId, producerEpoch: Math.max(producerEpoch, 0) };
  }

  async settled(): Promise<void> {
    await ended(this.#connection, this.#transactionalId);
  }
}

/** A small generator of numbers, so that every run takes the same way. */
class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  of<T>(choices: readonly [T, ...T[]]): T {
    this.#state = (Math.imul(this.#state, 1_103_515_245) + 12_345) >>> 0;
    return choices[(this.#state >>> 16) % choices.length] ?? choices[0];
  }
}

const nobody: Identity = { producerId: -1, producerEpoch: -1 };

async function step(walker: Walker, chance: Chance): Promise<void> {
  const identity = walker.identity(chance);
  switch (chance.of(["init", "goOn", "add", "add", "add", "end", "end", "end"])) {
    case "init":
      return walker.init(nobody);
    case "goOn":
      return walker.init(identity);
    case "add":
      return walker.add(identity, chance.of([0, 1]));
    default:
      return walker.end(chance.of([3, 4, 5, 5, 5]), identity, chance.of([true, false]));
  }
}

async function walk(connection: Connection, transactionalId: string, topic: string, seed: number): Promise<void> {
  const walker = new Walker(connection, transactionalId, topic);
  const chance = new Chance(seed);
  await walker.init(nobody);
  for (let i = 0; i < STEPS; i += 1) {
    await step(walker, chance);
    await walker.settled();
  }
}

function walkWith(seed: number): Scenario {
  const name = `transaction-states-${seed}`;
  return scenario(name, async (session) => {
    await session.topic(name, 2);
    await session.transactionCoordinator(name);
    await walk(await session.connect(), name, name, seed);
  });
}

export const firstWalk = walkWith(1);
export const secondWalk = walkWith(2);
export const thirdWalk = walkWith(3);

export const transactionTimeouts = scenario("transaction-timeouts", async (session) => {
  await session.topic("transaction-timeouts", 1);
  await session.transactionCoordinator("transaction-timeouts");
  const connection = await session.connect();
  const transactionalId = "transaction-timeouts";
  const request = { transactionalId, transactionTimeoutMs: 500, ...nobody };
  const { producerId, producerEpoch } = await connection.sendUntil(
    InitProducerId,
    4,
    request,
    ({ errorCode }) => errorCode === 0,
  );
  await connection.send(AddPartitionsToTxn, 3, {
    v3AndBelowTransactionalId: transactionalId,
    v3AndBelowProducerId: producerId,
    v3AndBelowProducerEpoch: producerEpoch,
    v3AndBelowTopics: [{ name: transactionalId, partitions: [0] }],
  });
  await connection.sendUntil(DescribeTransactions, 0, { transactionalIds: [transactionalId] }, (answer) =>
    answer.transactionStates.every(({ transactionState }) => transactionState === "CompleteAbort"),
  );
  const own = { transactionalId, producerId, producerEpoch };
  for (const version of [3, 5]) {
    await connection.send(EndTxn, version, { ...own, committed: true });
    await connection.send(EndTxn, version, { ...own, committed: false });
  }
  await connection.send(InitProducerId, 4, { ...own, transactionTimeoutMs: 500 });
  await connection.send(InitProducerId, 4, { ...own, transactionTimeoutMs: 500 });
  await connection.send(InitProducerId, 4, request);
  await connection.send(InitProducerId, 4, { ...own, transactionTimeoutMs: 500 });
});
