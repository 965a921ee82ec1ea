/**
 * Sessions of random requests. Each step draws from a stream of its own, so that a session without one of its steps
 * asks the rest as before: this is how a failing session shrinks.
 */
import { RandomStream } from "../../src/environments/simulated/random-stream.js";
import { errors } from "../../src/protocol/errors.js";
import { FindCoordinator } from "../../src/protocol/messages/10-find-coordinator.js";
import { EndTxn } from "../../src/protocol/messages/26-end-txn.js";
import type { Api } from "../../src/protocol/schema/message.js";
import { learn } from "../requests/learn.js";
import { randomRequest } from "../requests/random-request.js";
import { Scope } from "../requests/scope.js";
import { PARTITIONS, topicNamesOf, World } from "../requests/world.js";
import { NoAnswer } from "../support/wire-client.js";
import { errorCodesIn } from "./error-codes.js";
import type { Connection, Session } from "./scenario.js";
import { ended } from "./transaction-steps.js";

export interface Step {
  /** Its place in the whole session. */
  readonly number: number;
  readonly api: Api;
  readonly version: number;
  readonly seed: number;
  /** The share of fields that hold something wrong. */
  readonly brokenness: number;
}

/** What passes by itself: a coordinator that loads, a transaction that is being ended. */
const passing: ReadonlySet<number> = new Set([
  errors.COORDINATOR_LOAD_IN_PROGRESS.code,
  errors.COORDINATOR_NOT_AVAILABLE.code,
  errors.NOT_COORDINATOR.code,
  errors.CONCURRENT_TRANSACTIONS.code,
]);

/** Plays the steps in a world of this prefix, which no session before may have had. */
export async function playSteps(session: Session, prefix: string, steps: readonly Step[]): Promise<void> {
  const topicIds = await Promise.all(topicNamesOf(prefix).map((name) => session.topic(name, PARTITIONS)));
  const world = new World(prefix, topicIds);
  const { classicGroup, consumerGroup, transactionalProducers } = world;
  await Promise.all([
    ...[classicGroup, consumerGroup].map(({ groupId }) => session.coordinator(groupId)),
    ...transactionalProducers.map(({ transactionalId }) => session.transactionCoordinator(transactionalId ?? "")),
  ]);
  let connection = await session.connect();
  for (const step of steps) {
    try {
      await playStep(connection, world, step);
    } catch (error) {
      // It is recorded; a broker may close a connection that it does not understand.
      if (!(error instanceof NoAnswer)) throw error;
      connection.close();
      connection = await session.connect();
    }
  }
  connection.close();
}

async function playStep(connection: Connection, world: World, step: Step): Promise<void> {
  const { api, version, seed, brokenness } = step;
  const scope = new Scope(world, api, version, new RandomStream(seed, "request"), brokenness);
  const request = randomRequest(scope);
  const answer = await connection.sendUntil(api, version, request, (got) => hasSettled(api, got));
  learn(scope, request, answer);
  const isEnded = api === EndTxn && errorCodesIn(answer).every((code) => code === 0);
  if (isEnded) await ended(connection, String(request.transactionalId));
}

function hasSettled(api: Api, answer: unknown): boolean {
  return api === FindCoordinator || !errorCodesIn(answer).some((code) => passing.has(code));
}
