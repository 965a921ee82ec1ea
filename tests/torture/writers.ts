/** kafkajs producers that write numbered records as fast as they are acknowledged, whatever happens to the broker. */
import { setTimeout as sleep } from "node:timers/promises";
import { Kafka, logLevel, type Producer } from "kafkajs";
import { type Ledger, numberedValue } from "./ledger.js";

const BATCH_RECORDS_MAX = 20;
const PAUSE_MS = 20;
/** The broker is away for a moment only, but for many of them. */
const RETRIES = 10_000;

export interface Target {
  readonly bootstrapServers: string;
  readonly topic: string;
  readonly partitions: number;
}

/** What came of a batch that was not acknowledged. */
export type OnFailure = (error: unknown) => void;

export class Writer {
  readonly #name: string;
  readonly #producer: Producer;
  readonly #target: Target;
  readonly #ledger: Ledger;
  readonly #onFailure: OnFailure;
  #running: Promise<void> = Promise.resolve();
  #isStopped = false;

  /**
   * An idempotent one sends a batch again until it is acknowledged. Any other gives up after the first failure, and then
   * nobody knows whether the batch is in the log.
   */
  constructor(name: string, isIdempotent: boolean, target: Target, ledger: Ledger, onFailure: OnFailure = () => {}) {
    const retry = { retries: isIdempotent ? RETRIES : 0, initialRetryTime: 30, maxRetryTime: 200 };
    const { bootstrapServers } = target;
    const kafka = new Kafka({ clientId: name, brokers: [bootstrapServers], logLevel: logLevel.NOTHING, retry });
    this.#name = name;
    this.#producer = kafka.producer({ idempotent: isIdempotent, maxInFlightRequests: 1, retry });
    this.#target = target;
    this.#ledger = ledger;
    this.#onFailure = onFailure;
  }

  async start(): Promise<void> {
    await this.#producer.connect();
    this.#running = this.#write();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#running;
    await this.#producer.disconnect();
  }

  async #write(): Promise<void> {
    while (!this.#isStopped) {
      const partition = Math.floor(Math.random() * this.#target.partitions);
      const count = 1 + Math.floor(Math.random() * BATCH_RECORDS_MAX);
      const numbers = Array.from({ length: count }, () => this.#ledger.nextNumber());
      const messages = numbers.map((number) => ({ partition, value: numberedValue(partition, this.#name, number) }));
      try {
        await this.#producer.send({ topic: this.#target.topic, acks: -1, messages });
        this.#ledger.acknowledged(partition, this.#name, numbers);
      } catch (error) {
        this.#onFailure(error);
        await sleep(PAUSE_MS);
      }
    }
  }
}
