/** Writes to two partitions in each transaction, commits most and aborts some. */
import { setTimeout as sleep } from "node:timers/promises";
import { errorName, errors } from "../../../src/protocol/errors.js";
import type { Outcome, SentBatch } from "../checker/history.js";
import { sendUntilKnown } from "./send-batch.js";
import { type Identity, TransactionCoordinator } from "./transaction-coordinator.js";
import { errorIn, Numbers, offsetIn, type WriterOptions } from "./writers.js";

const ABORTS_PER_TRANSACTION = 0.3;
const BETWEEN_TRANSACTIONS_MS = 30;

/** What is known of a batch before its transaction ends. */
type OpenBatch = Omit<SentBatch, "outcome" | "endedMs">;

interface Ended {
  readonly outcome: Outcome;
  readonly error: string | null;
  /** Null: a new epoch is needed to go on. */
  readonly identity: Identity | null;
}

export async function writeInTransactions(options: WriterOptions, partitions: number): Promise<void> {
  const { name, client, record, ending, givingUp } = options;
  const writer = new TransactionalWriter(options, partitions);
  const coordinator = new TransactionCoordinator(client, name, givingUp);
  let identity: Identity | null = null;
  for (let transaction = 0; !ending.aborted; transaction++) {
    identity ??= writer.begins(await coordinator.init());
    if (identity === null) return;
    const open: OpenBatch[] = [];
    const ended = await writer.oneTransaction(coordinator, identity, transaction, open);
    identity = ended.identity;
    // An open transaction that nobody has asked to commit is aborted by the next epoch, and only that is certain.
    const { outcome, error } = ended;
    for (const batch of open) record({ ...batch, outcome, error: error ?? batch.error, endedMs: Date.now() });
    await sleep(BETWEEN_TRANSACTIONS_MS);
  }
}

class TransactionalWriter {
  readonly #options: WriterOptions;
  readonly #partitions: number;
  readonly #numbers: Numbers;
  /** By partition: the sequence of the next record in this epoch. */
  #sequences: number[] = [];

  constructor(options: WriterOptions, partitions: number) {
    this.#options = options;
    this.#partitions = partitions;
    this.#numbers = new Numbers(options.name);
  }

  begins(identity: Identity | null): Identity | null {
    this.#sequences = Array.from({ length: this.#partitions }, () => 0);
    return identity;
  }

  async oneTransaction(
    coordinator: TransactionCoordinator,
    identity: Identity,
    transaction: number,
    open: OpenBatch[],
  ): Promise<Ended> {
    const partitions = [transaction % this.#partitions, (transaction + 1) % this.#partitions];
    const added = await coordinator.addPartitions(identity, partitions);
    if (added !== errors.NONE.code) return failed(added);
    for (const partition of partitions) {
      if (!(await this.#send(identity, transaction, partition, open))) return failed(null);
    }
    const commits = Math.random() >= ABORTS_PER_TRANSACTION;
    const code = await coordinator.end(identity, commits);
    if (code !== errors.NONE.code) return failed(code);
    return { outcome: commits ? "acknowledged" : "aborted", error: null, identity };
  }

  async #send(identity: Identity, transaction: number, partition: number, open: OpenBatch[]): Promise<boolean> {
    const { name: writer, client, givingUp } = this.#options;
    const values = this.#numbers.some();
    const baseSequence = this.#sequences[partition] ?? 0;
    const batch = { partition, values, producer: { ...identity, baseSequence }, transactionalId: writer };
    const answer = await sendUntilKnown(client, batch, givingUp);
    const event = { what: "sent", kind: "transactional", writer, partition, values, transaction } as const;
    open.push({ ...event, baseOffset: offsetIn(answer), error: errorIn(answer) });
    this.#sequences[partition] = baseSequence + values.length;
    return answer.is === "acknowledged";
  }
}

function failed(code: number | null): Ended {
  return { outcome: "unknown", error: code === null ? null : errorName(code), identity: null };
}
