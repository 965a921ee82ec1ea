/** A broker under load: what it costs, and what the parts of the bench need of it before they begin. */
import { setTimeout as sleep } from "node:timers/promises";
import { errors } from "../../src/protocol/errors.js";
import { Metadata } from "../../src/protocol/messages/03-metadata.js";
import { OffsetFetch } from "../../src/protocol/messages/09-offset-fetch.js";
import { FindCoordinator } from "../../src/protocol/messages/10-find-coordinator.js";
import { CreateTopics } from "../../src/protocol/messages/19-create-topics.js";
import { startTarget } from "../../tests/support/start-target.js";
import type { Target, TargetBroker } from "../../tests/support/target-broker.js";
import { cpuSecondsOf } from "../process-cpu.js";
import { Connection } from "./connection.js";

const CREATE_TOPICS_VERSION = 7;
const FIND_COORDINATOR_VERSION = 4;
const METADATA_VERSION = 9;
const OFFSET_FETCH_VERSION = 8;
/** So long the first members of a classic group wait for more, while there come some. */
export const GROUP_INITIAL_REBALANCE_DELAY_MS = 200;
const TIMEOUT_MS = 60_000;
/** As the Java client waits when its transaction before is not over. */
const RETRY_MS = 20;
const coordinatorKeyTypes = { group: 0, transaction: 1 } as const;
const retriable: ReadonlySet<number> = new Set(
  Object.values(errors)
    .filter((error) => error.retriable)
    .map(({ code }) => code),
);
/** So many that each partition of the groups' topic has some of them. */
const GROUPS_ASKED_FOR = 1_000;

export class Broker {
  readonly #process: TargetBroker;

  private constructor(process: TargetBroker) {
    this.#process = process;
  }

  /** Ready: every coordinator serves. */
  static async start(target: Target): Promise<Broker> {
    const properties = { "group.initial.rebalance.delay.ms": String(GROUP_INITIAL_REBALANCE_DELAY_MS) };
    const broker = new Broker(await startTarget(target, { properties }));
    await using(broker.port, awaitCoordinators);
    return broker;
  }

  get target(): Target {
    return this.#process.target;
  }

  get port(): number {
    return this.#process.port;
  }

  cpuSeconds(): number {
    return cpuSecondsOf(this.#process.pid);
  }

  createTopic(name: string, numPartitions: number): Promise<void> {
    return createTopic(this.port, name, numPartitions);
  }

  stop(): Promise<void> {
    return this.#process.dispose();
  }
}

async function using(port: number, use: (connection: Connection) => Promise<void>): Promise<void> {
  const connection = await Connection.connect(port);
  await use(connection).finally(() => connection.close());
}

export async function createTopic(port: number, name: string, numPartitions: number): Promise<void> {
  await using(port, async (connection) => {
    const { topics } = await connection.call(CreateTopics, CREATE_TOPICS_VERSION, {
      topics: [{ name, numPartitions, replicationFactor: 1, assignments: [], configs: [] }],
      timeoutMs: TIMEOUT_MS,
    });
    mustBeNone(worst(topics), `creating ${name}`);
    // Apache Kafka answers before the topic is known everywhere in it.
    await untilDone(`finding ${name}`, async () => {
      const found = await connection.call(Metadata, METADATA_VERSION, {
        topics: [{ name }],
        allowAutoTopicCreation: false,
      });
      return worst(found.topics.flatMap((topic) => [topic, ...topic.partitions]));
    });
  });
}

/** Apache Kafka makes the topic of a kind of coordinator when somebody looks for one. */
async function awaitCoordinators(connection: Connection): Promise<void> {
  const groups = Array.from({ length: GROUPS_ASKED_FOR }, (_, index) => ({ groupId: `bench-${index}`, topics: [] }));
  for (const keyType of Object.values(coordinatorKeyTypes)) {
    await untilDone("looking for a coordinator", async () => {
      const request = { keyType, coordinatorKeys: ["bench"] };
      return worst((await connection.call(FindCoordinator, FIND_COORDINATOR_VERSION, request)).coordinators);
    });
  }
  await untilDone("reading offsets", async () =>
    worst((await connection.call(OffsetFetch, OFFSET_FETCH_VERSION, { groups })).groups ?? []),
  );
}

/** Asks again while the broker tells it to: it may not be ready yet, or the transaction before not be over. */
export async function untilDone(what: string, attempt: () => Promise<number>): Promise<void> {
  for (;;) {
    const errorCode = await attempt();
    if (!retriable.has(errorCode)) return mustBeNone(errorCode, what);
    await sleep(RETRY_MS);
  }
}

export function mustBeNone(errorCode: number, what: string): void {
  if (errorCode !== errors.NONE.code) throw new Error(`${what} failed with error ${errorCode}`);
}

export function worst(answers: readonly { readonly errorCode: number }[]): number {
  return answers.find(({ errorCode }) => errorCode !== errors.NONE.code)?.errorCode ?? errors.NONE.code;
}
