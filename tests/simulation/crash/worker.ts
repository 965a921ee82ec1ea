/** What all clients of the workload share. */
import type { RandomStream } from "../../../src/environments/simulated/random-stream.js";
import type { Clock } from "../../../src/lib/environment.js";
import { invariant } from "../../../src/lib/invariant.js";
import { errors } from "../../../src/protocol/errors.js";
import type { Client } from "../client.js";
import type { Expected } from "./expected.js";
import type { ExpectedLog } from "./expected-log.js";

export interface WorkerOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly expected: Expected;
  readonly random: RandomStream;
}

export interface Worker {
  /** Does one thing and tells `Expected` about it. Rejects with `ConnectionLost`. */
  step(): Promise<void>;
}

/** What every client must be ready to hear: its topic was just deleted, or the broker is about to stop. */
export const passing: readonly number[] = [
  errors.UNKNOWN_TOPIC_ID.code,
  errors.UNKNOWN_TOPIC_OR_PARTITION.code,
  errors.NOT_LEADER_OR_FOLLOWER.code,
];

export function mustBeAmong(allowed: readonly number[], errorCode: number, what: string): void {
  const name = Object.keys(errors).find((one) => errors[one as keyof typeof errors].code === errorCode);
  invariant(allowed.includes(errorCode), `${what} was answered with ${name ?? errorCode}`);
}

/** One of the logs that surely exist. */
export function anyLog({ expected, random }: WorkerOptions): ExpectedLog | null {
  const { logs } = expected;
  return logs[random.below(logs.length)] ?? null;
}
