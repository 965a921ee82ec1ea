/** Steps of cases with transactions: a producer at its coordinator, and a reader that is shown only what is committed. */
import { setTimeout as sleep } from "node:timers/promises";
import { Produce } from "../../src/protocol/messages/00-produce.js";
import { readBatches } from "../../src/protocol/records/batch.js";
import { controlTypes, readControlType } from "../../src/protocol/records/control.js";
import { type Asker, READ_COMMITTED, TransactionalProducer } from "../../tests/differential/transaction-steps.js";
import type { WireClient } from "../../tests/support/wire-client.js";
import type { BrokerUnderTest } from "./case.js";
import { connectToCoordinator, connectToLeader, expectError, fetchOnce, recordsOf } from "./steps.js";

export { READ_COMMITTED } from "../../tests/differential/transaction-steps.js";

/** Of all that is asked of the coordinator: the last without tagged fields. */
export const TXN_VERSION = 1;
const PRODUCE_VERSION = 9;
const PATIENCE_MS = 20_000;
const BETWEEN_TRIES_MS = 50;

/** A producer of a transactional id that speaks to its coordinator; `init` comes next. */
export async function transactionalProducer(broker: BrokerUnderTest, suffix = "tx"): Promise<TransactionalProducer> {
  const transactionalId = broker.name(suffix);
  return new TransactionalProducer(
    askerOf(await connectToCoordinator(broker, transactionalId, "transaction")),
    transactionalId,
  );
}

/** A client that writes in transactions, as those before version 2 of the protocol do. Its sequences go on by themselves. */
export class TransactionalWriter {
  readonly producer: TransactionalProducer;
  readonly #broker: BrokerUnderTest;
  readonly #sequences = new Map<string, number>();

  private constructor(broker: BrokerUnderTest, producer: TransactionalProducer) {
    this.#broker = broker;
    this.producer = producer;
  }

  /** The next client of the transactional id: it fences those before it. */
  static async start(broker: BrokerUnderTest): Promise<TransactionalWriter> {
    const producer = await transactionalProducer(broker);
    expectError("InitProducerId", (await producer.init(TXN_VERSION)).errorCode, "NONE");
    return new TransactionalWriter(broker, producer);
  }

  /** Sends a record to the leader, which has acknowledged it then. Gives its offset. */
  async write(topic: string, value: string, partition = 0): Promise<number> {
    const added = await this.producer.add(TXN_VERSION, topic, [partition]);
    const { partitionErrorCode } = added.resultsByTopicV3AndBelow[0]?.resultsByPartition[0] ?? {};
    expectError("AddPartitionsToTxn", partitionErrorCode, "NONE");
    const place = `${topic}-${partition}`;
    this.producer.sequence = this.#sequences.get(place) ?? 0;
    this.#sequences.set(place, this.producer.sequence + 1);
    const leader = await connectToLeader(this.#broker, topic, partition);
    const request = this.producer.produceRequest(topic, [value], partition);
    const { responses } = await leader.request(Produce, PRODUCE_VERSION, request).finally(() => leader.close());
    const answer = responses[0]?.partitionResponses[0];
    expectError(`Produce of ${value}`, answer?.errorCode, "NONE");
    return answer?.baseOffset ?? -1;
  }

  async end(committed: boolean, what = "EndTxn"): Promise<void> {
    expectError(what, (await this.producer.end(TXN_VERSION, committed)).errorCode, "NONE");
  }
}

/** What `TransactionalProducer` asks of a connection, done by a bare one. */
function askerOf(connection: WireClient): Asker {
  return {
    send: (api, version, body) => connection.request(api, version, body),
    sendUntil: async (api, version, body, wanted) => {
      const deadlineMs = performance.now() + PATIENCE_MS;
      for (;;) {
        const answer = await connection.request(api, version, body);
        if (wanted(answer) || performance.now() > deadlineMs) return answer;
        await sleep(BETWEEN_TRIES_MS);
      }
    },
  };
}

type FetchedPartition = Awaited<ReturnType<typeof fetchOnce>>;
type HowToFetch = Parameters<typeof fetchOnce>[3];

/** One Fetch of what is committed. */
export function fetchCommitted(
  connection: WireClient,
  topic: string,
  offset = 0,
  options: HowToFetch = {},
): Promise<FetchedPartition> {
  return fetchOnce(connection, topic, offset, { ...options, isolationLevel: READ_COMMITTED });
}

/** All committed values from the first on, in as many Fetches as it takes: an answer ends with its segment of the log. */
export async function readCommitted(connection: WireClient, topic: string, options: HowToFetch = {}) {
  const values: (string | null)[] = [];
  for (let offset = 0; ; ) {
    const answer = await fetchCommitted(connection, topic, offset, options);
    expectError("Fetch", answer.errorCode, "NONE");
    const last = readBatches(answer.records ?? new Uint8Array()).batches.at(-1);
    if (last === undefined) return values;
    values.push(...committedValuesIn(answer));
    offset = last.lastOffset + 1;
  }
}

/** The values that a client of `read_committed` takes from an answer: as Java's does, by the list of aborted transactions. */
export function committedValuesIn({ records, abortedTransactions }: FetchedPartition): (string | null)[] {
  const aborted = [...(abortedTransactions ?? [])].sort((one, other) => one.firstOffset - other.firstOffset);
  const skipped = new Set<number>();
  const values: (string | null)[] = [];
  for (const batch of readBatches(records ?? new Uint8Array()).batches) {
    while (aborted[0] !== undefined && aborted[0].firstOffset <= batch.lastOffset) {
      skipped.add(aborted[0].producerId);
      aborted.shift();
    }
    const read = recordsOf(batch);
    if (batch.isControl) {
      if (readControlType(read[0]?.key ?? null) === controlTypes.ABORT) skipped.delete(batch.producerId);
    } else if (!batch.isTransactional || !skipped.has(batch.producerId)) {
      values.push(...read.map(({ value }) => (value === null ? null : Buffer.from(value).toString())));
    }
  }
  return values;
}
