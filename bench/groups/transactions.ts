/** How many transactions producers get through: each sends a record, perhaps offsets, and the commit (KIP-890, part 2). */
import { errors } from "../../src/protocol/errors.js";
import { Produce } from "../../src/protocol/messages/00-produce.js";
import { InitProducerId } from "../../src/protocol/messages/22-init-producer-id.js";
import { EndTxn } from "../../src/protocol/messages/26-end-txn.js";
import { TxnOffsetCommit } from "../../src/protocol/messages/28-txn-offset-commit.js";
import { buildBatch } from "../../src/protocol/records/build-batch.js";
import { type Broker, untilDone, worst } from "./broker.js";
import { Connection } from "./connection.js";
import { measured } from "./measured.js";
import type { Part, RoundSize, Sample } from "./part.js";

const TOPIC = "bench-transactions";
const PARTITIONS = 50;
const MANY = 50;
const SECONDS = 3;
const SECONDS_QUICK = 1;
const VALUE_BYTES = 100;
const TIMEOUT_MS = 60_000;
const [PRODUCE_VERSION, INIT_VERSION, END_VERSION, OFFSETS_VERSION] = [12, 5, 5, 5];
interface Shape {
  readonly what: string;
  readonly producers: number;
  readonly withOffsets: boolean;
}

const shapes: readonly Shape[] = [
  { what: "1 producer", producers: 1, withOffsets: false },
  { what: `${MANY} producers`, producers: MANY, withOffsets: false },
  { what: `${MANY} producers with offsets`, producers: MANY, withOffsets: true },
];

export const transactions: Part = {
  name: "transactions",
  title: `Transactions of 1 and of ${MANY} producers`,
  method:
    "Each transaction is one record of 100 bytes, where it says so the offset of a group, and the commit, one after " +
    "the other. A producer whose last transaction is not over yet is told so, waits 20 ms and asks again. The protocol is " +
    `that of KIP-890, part 2; the topic has ${PARTITIONS} partitions.`,
  rounds: { full: 3, quick: 1 },
  prepare: (broker) => broker.createTopic(TOPIC, PARTITIONS),
  round: async (broker, size) => {
    const samples: Sample[] = [];
    for (const shape of shapes) samples.push(...(await produceAll(broker, shape, size)));
    return samples;
  },
};

async function produceAll(broker: Broker, shape: Shape, size: RoundSize): Promise<readonly Sample[]> {
  const { what, withOffsets } = shape;
  const connections = await Connection.connectMany(broker.port, shape.producers);
  const producers = connections.map((connection, index) => new Producer(connection, index, `${what}-${size.number}`));
  await Promise.all(producers.map((producer) => producer.begin()));
  let count = 0;
  const untilMs = performance.now() + 1000 * (size.isQuick ? SECONDS_QUICK : SECONDS);
  const goOn = async (producer: Producer) => {
    while (performance.now() < untilMs) {
      await producer.transaction(withOffsets);
      count++;
    }
  };
  const taken = await measured(broker, () => Promise.all(producers.map(goOn)));
  for (const connection of connections) connection.close();
  const per1000 = 1000 / count;
  return [
    { what: `transactions per second, ${what}`, kind: "rate", value: count / taken.seconds },
    { what: `broker CPU per 1,000 transactions, ${what}`, kind: "broker CPU", value: taken.brokerCpuSeconds * per1000 },
    { what: `load CPU per 1,000 transactions, ${what}`, kind: "load CPU", value: taken.loadCpuSeconds * per1000 },
  ];
}

class Producer {
  readonly #connection: Connection;
  readonly #partition: number;
  readonly #transactionalId: string;
  readonly #value = Buffer.alloc(VALUE_BYTES, "v");
  #id = -1;
  #epoch = -1;

  constructor(connection: Connection, index: number, name: string) {
    this.#connection = connection;
    this.#partition = index % PARTITIONS;
    this.#transactionalId = `bench-${name}-${index}`;
  }

  async begin(): Promise<void> {
    await untilDone("getting a producer id", async () => {
      const request = { transactionalId: this.#transactionalId, transactionTimeoutMs: TIMEOUT_MS };
      const answer = await this.#connection.call(InitProducerId, INIT_VERSION, request);
      this.#goOnAs(answer);
      return answer.errorCode;
    });
  }

  async transaction(withOffsets: boolean): Promise<void> {
    await untilDone("a produce", () => this.#produce());
    if (withOffsets) await untilDone("a commit of offsets", () => this.#commitOffsets());
    await untilDone("a commit", () => this.#end());
  }

  async #produce(): Promise<number> {
    const batch = buildBatch({
      records: [{ timestampMs: Date.now(), key: null, value: this.#value }],
      producer: { id: this.#id, epoch: this.#epoch, baseSequence: 0 },
      isTransactional: true,
    });
    const { responses } = await this.#connection.call(Produce, PRODUCE_VERSION, {
      transactionalId: this.#transactionalId,
      acks: -1,
      timeoutMs: TIMEOUT_MS,
      topicData: [{ name: TOPIC, partitionData: [{ index: this.#partition, records: batch }] }],
    });
    return worst(responses.flatMap(({ partitionResponses }) => partitionResponses));
  }

  async #commitOffsets(): Promise<number> {
    const partitions = [{ partitionIndex: this.#partition, committedOffset: 1234, committedMetadata: "" }];
    const { topics } = await this.#connection.call(TxnOffsetCommit, OFFSETS_VERSION, {
      transactionalId: this.#transactionalId,
      groupId: this.#transactionalId,
      producerId: this.#id,
      producerEpoch: this.#epoch,
      topics: [{ name: TOPIC, partitions }],
    });
    return worst(topics.flatMap((topic) => topic.partitions));
  }

  /** Every end gives the producer another epoch. */
  async #end(): Promise<number> {
    const answer = await this.#connection.call(EndTxn, END_VERSION, {
      transactionalId: this.#transactionalId,
      producerId: this.#id,
      producerEpoch: this.#epoch,
      committed: true,
    });
    if (answer.errorCode === errors.NONE.code) this.#goOnAs(answer);
    return answer.errorCode;
  }

  #goOnAs({ producerId, producerEpoch }: { readonly producerId: number; readonly producerEpoch: number }): void {
    [this.#id, this.#epoch] = [producerId, producerEpoch];
  }
}
