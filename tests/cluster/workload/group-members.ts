/** Two members of a consumer group, as applications write them (kafkajs): they commit as they go, and live through all. */
import { type Consumer, Kafka, logLevel } from "kafkajs";
import type { Address } from "../../../src/lib/environment.js";
import { hostAndPort } from "../../../src/lib/host-and-port.js";
import type { HistoryEvent } from "../checker/history.js";

const GROUP = "group";
const MEMBERS = 2;
const SESSION_TIMEOUT_MS = 10_000;
const HEARTBEAT_MS = 500;
const COMMIT_EACH = 50;

export class GroupMembers {
  readonly #consumers: readonly Consumer[];
  readonly #record: (event: HistoryEvent) => void;
  /** By partition: the highest offset that a member was given. */
  readonly #highest = new Map<number, number>();
  /** By partition: the highest offset whose commit was acknowledged. */
  readonly #committed = new Map<number, number>();

  constructor(bootstrap: readonly Address[], record: (event: HistoryEvent) => void) {
    this.#record = record;
    const kafka = new Kafka({
      clientId: GROUP,
      brokers: bootstrap.map(hostAndPort),
      logLevel: logLevel.NOTHING,
      connectionTimeout: 1_000,
      requestTimeout: 5_000,
      retry: { initialRetryTime: 50, maxRetryTime: 500, retries: 1_000 },
    });
    const timing = { sessionTimeout: SESSION_TIMEOUT_MS, heartbeatInterval: HEARTBEAT_MS, maxWaitTimeInMs: 200 };
    this.#consumers = Array.from({ length: MEMBERS }, () => kafka.consumer({ groupId: GROUP, ...timing }));
  }

  async start(topic: string): Promise<void> {
    await Promise.all(this.#consumers.map((consumer) => this.#startMember(consumer, topic)));
  }

  hasBeenGiven(partition: number, offset: number): boolean {
    return (this.#highest.get(partition) ?? -1) >= offset;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#consumers.map((consumer) => consumer.disconnect()));
  }

  async #startMember(consumer: Consumer, topic: string): Promise<void> {
    consumer.on(consumer.events.CRASH, ({ payload: { error, restart } }) => {
      if (!restart) this.#record({ what: "complaint", who: "a member", says: `ended with ${error.message}` });
    });
    consumer.on(consumer.events.COMMIT_OFFSETS, ({ payload: { topics } }) => {
      for (const { partition, offset } of topics.flatMap(({ partitions }) => partitions)) {
        raise(this.#committed, partition, Number(offset));
      }
    });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      autoCommitThreshold: COMMIT_EACH,
      eachMessage: async ({ partition, message }) => {
        this.#given(partition, Number(message.offset), message.value?.toString("latin1") ?? "");
      },
    });
  }

  #given(partition: number, offset: number, value: string): void {
    const committed = this.#committed.get(partition) ?? 0;
    if (offset < committed) {
      const says = `${partition}@${offset} was given after the commit of ${committed}`;
      this.#record({ what: "complaint", who: "a member", says });
    }
    this.#record({ what: "delivered", group: GROUP, partition, offset, value });
    raise(this.#highest, partition, offset);
  }
}

function raise(offsets: Map<number, number>, partition: number, offset: number): void {
  offsets.set(partition, Math.max(offsets.get(partition) ?? -1, offset));
}
