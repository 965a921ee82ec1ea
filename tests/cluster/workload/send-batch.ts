/** One batch to the leader of its partition, and what came of it. */
import { setTimeout as sleep } from "node:timers/promises";
import { errorName, errors } from "../../../src/protocol/errors.js";
import { Produce } from "../../../src/protocol/messages/00-produce.js";
import { buildBatch } from "../../../src/protocol/records/build-batch.js";
import type { ClusterClient } from "./cluster-client.js";

/** The last version whose transactions ask for their partitions by a request of their own. */
const PRODUCE_VERSION = 11;
const ACKS_ALL = -1;
const TIMEOUT_MS = 1_000;
const BETWEEN_ATTEMPTS_MS = 50;

export interface BatchToSend {
  readonly partition: number;
  readonly values: readonly string[];
  readonly producer: { readonly id: number; readonly epoch: number; readonly baseSequence: number } | null;
  readonly transactionalId: string | null;
}

export type Answer =
  | { readonly is: "acknowledged"; readonly baseOffset: number | null }
  | { readonly is: "unknown"; readonly error: string }
  | { readonly is: "refused"; readonly error: string };

export async function sendOnce(client: ClusterClient, batch: BatchToSend): Promise<Answer> {
  const { partition, values, producer, transactionalId } = batch;
  const leader = await client.leaderOf(partition);
  if (leader === null) {
    client.forget();
    return { is: "unknown", error: "no leader" };
  }
  const records = buildBatch({
    records: values.map((value) => ({ timestampMs: Date.now(), key: null, value: Buffer.from(value) })),
    ...(producer === null ? {} : { producer }),
    isTransactional: transactionalId !== null,
  });
  const topicData = [{ name: client.topic, partitionData: [{ index: partition, records }] }];
  const answer = await client.ask(leader, Produce, PRODUCE_VERSION, {
    ...{ transactionalId, acks: ACKS_ALL, timeoutMs: TIMEOUT_MS, topicData },
  });
  const answered = answer?.responses[0]?.partitionResponses[0];
  if (answered?.errorCode === errors.NONE.code) return { is: "acknowledged", baseOffset: answered.baseOffset };
  if (answered?.errorCode === errors.DUPLICATE_SEQUENCE_NUMBER.code) return { is: "acknowledged", baseOffset: null };
  client.forget();
  const error = answered === undefined ? "no answer" : errorName(answered.errorCode);
  return { is: answered === undefined || isRetriable(answered.errorCode) ? "unknown" : "refused", error };
}

/** Again and again, as a producer does whose batch the broker knows by its sequence. */
export async function sendUntilKnown(
  client: ClusterClient,
  batch: BatchToSend,
  givingUp: AbortSignal,
): Promise<Answer> {
  for (;;) {
    const answer = await sendOnce(client, batch);
    if (answer.is !== "unknown" || givingUp.aborted) return answer;
    await sleep(BETWEEN_ATTEMPTS_MS);
  }
}

export function isRetriable(errorCode: number): boolean {
  return Object.values(errors).some(({ code, retriable }) => code === errorCode && retriable);
}
