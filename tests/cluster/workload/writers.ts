/** Writers that send numbered records, one batch behind the other, and record what became of each. */
import { setTimeout as sleep } from "node:timers/promises";
import { errors } from "../../../src/protocol/errors.js";
import { InitProducerId } from "../../../src/protocol/messages/22-init-producer-id.js";
import { type HistoryEvent, numberedValue } from "../checker/history.js";
import type { ClusterClient } from "./cluster-client.js";
import { sendOnce, sendUntilKnown } from "./send-batch.js";

const INIT_PRODUCER_ID_VERSION = 4;
const BATCH_RECORDS_MAX = 8;
const BETWEEN_BATCHES_MS = 20;
const BETWEEN_ATTEMPTS_MS = 50;

export interface WriterOptions {
  readonly name: string;
  readonly client: ClusterClient;
  readonly record: (event: HistoryEvent) => void;
  /** No new batch is begun. */
  readonly ending: AbortSignal;
  /** What has no answer yet gets none. */
  readonly givingUp: AbortSignal;
}

/** Values in rising numbers. */
export class Numbers {
  readonly #writer: string;
  #next = 0;

  constructor(writer: string) {
    this.#writer = writer;
  }

  some(): readonly string[] {
    const count = 1 + Math.floor(Math.random() * BATCH_RECORDS_MAX);
    return Array.from({ length: count }, () => numberedValue(this.#writer, this.#next++));
  }
}

/** Writes to one partition, so that its acknowledgements tell whether that has a leader. */
export async function writeIdempotently(options: WriterOptions, partition: number): Promise<void> {
  const { name: writer, client, record, ending, givingUp } = options;
  const numbers = new Numbers(writer);
  let producer = await newProducer(client, givingUp);
  let baseSequence = 0;
  while (!ending.aborted && producer !== null) {
    const values = numbers.some();
    const batch = { partition, values, producer: { ...producer, baseSequence }, transactionalId: null };
    const answer = await sendUntilKnown(client, batch, givingUp);
    const event = { what: "sent", kind: "idempotent", writer, partition, values, transaction: null } as const;
    record({ ...event, outcome: answer.is, baseOffset: offsetIn(answer), error: errorIn(answer), endedMs: Date.now() });
    if (answer.is === "acknowledged") baseSequence += values.length;
    else [producer, baseSequence] = [await newProducer(client, givingUp), 0];
    await sleep(BETWEEN_BATCHES_MS);
  }
}

/** Writes to all partitions in turn, and never sends a batch twice. */
export async function writePlainly(options: WriterOptions, partitions: number): Promise<void> {
  const { name: writer, client, record, ending } = options;
  const numbers = new Numbers(writer);
  for (let turn = 0; !ending.aborted; turn++) {
    const partition = turn % partitions;
    const values = numbers.some();
    const answer = await sendOnce(client, { partition, values, producer: null, transactionalId: null });
    const event = { what: "sent", kind: "plain", writer, partition, values, transaction: null } as const;
    record({ ...event, outcome: answer.is, baseOffset: offsetIn(answer), error: errorIn(answer), endedMs: Date.now() });
    await sleep(answer.is === "acknowledged" ? BETWEEN_BATCHES_MS : BETWEEN_ATTEMPTS_MS);
  }
}

type Answered = Awaited<ReturnType<typeof sendOnce>>;

export function offsetIn(answer: Answered): number | null {
  return answer.is === "acknowledged" ? answer.baseOffset : null;
}

export function errorIn(answer: Answered): string | null {
  return answer.is === "acknowledged" ? null : answer.error;
}

async function newProducer(client: ClusterClient, givingUp: AbortSignal) {
  while (!givingUp.aborted) {
    const request = { transactionalId: null, transactionTimeoutMs: 0 };
    const answer = await client.askNext(InitProducerId, INIT_PRODUCER_ID_VERSION, request);
    if (answer?.errorCode === errors.NONE.code) return { id: answer.producerId, epoch: answer.producerEpoch };
    await sleep(BETWEEN_ATTEMPTS_MS);
  }
  return null;
}
