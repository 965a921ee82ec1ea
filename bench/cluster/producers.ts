/** Producers of the wire protocol, each with a connection to every leader, which send batches with acks=all. */
import { Produce } from "../../src/protocol/messages/00-produce.js";
import type { ResponseReceived } from "../../src/protocol/schema/message.js";
import { mustBeNone, worst } from "../groups/broker.js";
import { Connection } from "../groups/connection.js";
import { batchOfBytes } from "../log/open-logs.js";
import { type LedByBroker, TOPIC } from "./bench-topic.js";

export const PRODUCERS = 4;
/** As many as the Java client allows. */
export const IN_FLIGHT = 5;
/** `batch.size` of the Java client. */
export const BATCH_BYTES = 16 * 1024;
const PRODUCE_VERSION = 9;
const TIMEOUT_MS = 30_000;

interface Sending {
  readonly bytes: number;
  /** Until it is acknowledged. */
  send(): Promise<void>;
}

/** One leader as one producer sees it. */
interface Lane {
  /** A batch to each partition of this leader. */
  readonly toAll: Sending;
  /** A batch to one of them. */
  readonly toOne: Sending;
}

export class Producers {
  readonly #connections: readonly Connection[];
  readonly #lanes: readonly Lane[];
  #nextLane = 0;

  private constructor(connections: readonly Connection[], lanes: readonly Lane[]) {
    this.#connections = connections;
    this.#lanes = lanes;
  }

  static async connect(leaders: readonly LedByBroker[]): Promise<Producers> {
    const connections: Connection[] = [];
    const lanes: Lane[] = [];
    for (let producer = 0; producer < PRODUCERS; producer++) {
      for (const { port, partitions } of leaders.filter((leader) => leader.partitions.length > 0)) {
        const connection = await Connection.connect(port);
        connections.push(connection);
        const one = partitions[producer % partitions.length];
        lanes.push({
          toAll: sending(connection, partitions),
          toOne: sending(connection, one === undefined ? [] : [one]),
        });
      }
    }
    return new Producers(connections, lanes);
  }

  /** Every lane has always requests under way, until this much or a little more is acknowledged. */
  async sendMany(
    bytesWanted: number,
    onAcknowledged: (bytes: number) => void,
  ): Promise<{ readonly bytes: number; readonly latenciesMs: readonly number[] }> {
    const latenciesMs: number[] = [];
    let bytes = 0;
    const work = async ({ toAll }: Lane) => {
      while (bytes < bytesWanted) {
        bytes += toAll.bytes;
        const startedMs = performance.now();
        await toAll.send();
        latenciesMs.push(performance.now() - startedMs);
        onAcknowledged(toAll.bytes);
      }
    };
    await Promise.all(this.#lanes.flatMap((lane) => Array.from({ length: IN_FLIGHT }, () => work(lane))));
    return { bytes, latenciesMs };
  }

  /** One batch in every interval, however long the ones before take. Latencies count from when a batch was due. */
  async sendSteadily(batches: number, intervalMs: number): Promise<readonly number[]> {
    const latenciesMs: number[] = [];
    const underWay: Promise<void>[] = [];
    const startedMs = performance.now();
    await new Promise<void>((resolve) => {
      const timer = setInterval(() => {
        for (;;) {
          const dueMs = startedMs + underWay.length * intervalMs;
          if (underWay.length === batches) {
            clearInterval(timer);
            resolve();
            return;
          }
          if (dueMs > performance.now()) return;
          const lane = this.#lanes[this.#nextLane++ % this.#lanes.length];
          const sent = lane?.toOne.send().then(() => void latenciesMs.push(performance.now() - dueMs));
          underWay.push(sent ?? Promise.resolve());
        }
      }, 1);
    });
    await Promise.all(underWay);
    return latenciesMs;
  }

  close(): void {
    for (const connection of this.#connections) connection.close();
  }
}

function sending(connection: Connection, partitions: readonly number[]): Sending {
  const records = batchOfBytes(BATCH_BYTES);
  const send = connection.prepared(Produce, PRODUCE_VERSION, {
    acks: -1,
    timeoutMs: TIMEOUT_MS,
    topicData: [{ name: TOPIC, partitionData: partitions.map((index) => ({ index, records })) }],
  });
  return { bytes: records.length * partitions.length, send: async () => check(await send()) };
}

function check({ responses }: ResponseReceived<typeof Produce>): void {
  mustBeNone(worst(responses.flatMap(({ partitionResponses }) => partitionResponses)), `producing to ${TOPIC}`);
}
