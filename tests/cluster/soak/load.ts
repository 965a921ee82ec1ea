/** The load of a soak: writers, readers and groups that come and go, topics that do, and partitions that move. */
import { setTimeout as sleep } from "node:timers/promises";
import { type Consumer, Kafka, logLevel } from "kafkajs";
import type { Address } from "../../../src/lib/environment.js";
import { hostAndPort } from "../../../src/lib/host-and-port.js";
import { errors } from "../../../src/protocol/errors.js";
import { CreateTopics } from "../../../src/protocol/messages/19-create-topics.js";
import { DeleteTopics } from "../../../src/protocol/messages/20-delete-topics.js";
import { AlterPartitionReassignments } from "../../../src/protocol/messages/45-alter-partition-reassignments.js";
import { ClusterClient } from "../workload/cluster-client.js";
import { PartitionReader } from "../workload/partition-reader.js";
import { writeInTransactions } from "../workload/transactional-writer.js";
import { allInSync, endOf } from "../workload/watch.js";
import { type WriterOptions, writeIdempotently, writePlainly } from "../workload/writers.js";
import { ModernMember } from "./modern-member.js";
import type { Tally } from "./tally.js";

const [CREATE_VERSION, DELETE_VERSION, REASSIGN_VERSION] = [5, 4, 0];
const ADMIN_TIMEOUT_MS = 5_000;
/** How long a writer lives before another one, with another producer id, takes its place. */
const WRITER_LIFE_MS = 30_000;
const MEMBER_LIFE_MS = 12_000;
const TOPIC_LIFE_MS = 3_000;
const BETWEEN_MOVES_MS = 5_000;
const BETWEEN_ATTEMPTS_MS = 100;
const LAST_ANSWERS_MS = 30_000;
const READ_TO_THE_END_MS = 60_000;
const [STEADY_PARTITIONS, MOVING_PARTITIONS] = [8, 4];
const [PLAIN_WRITERS, TRANSACTIONAL_WRITERS] = [3, 3];

interface LoadCounts {
  topics: number;
  moves: number;
  groups: number;
}

export class Load {
  readonly counts: LoadCounts = { topics: 0, moves: 0, groups: 0 };
  readonly #bootstrap: readonly Address[];
  readonly #tally: Tally;
  readonly #ending = new AbortController();
  readonly #givingUp = new AbortController();
  readonly #tooLate = new AbortController();
  readonly #ends = new Map<string, number>();
  #clients = 0;
  #writing: Promise<unknown> = Promise.resolve();
  #reading: Promise<unknown> = Promise.resolve();

  constructor(bootstrap: readonly Address[], tally: Tally) {
    this.#bootstrap = bootstrap;
    this.#tally = tally;
  }

  async start(): Promise<void> {
    await this.#create("steady", STEADY_PARTITIONS, 3, "2");
    await this.#create("moving", MOVING_PARTITIONS, 2, "1");
    const ready = AbortSignal.timeout(LAST_ANSWERS_MS);
    if (!(await allInSync(this.#client("steady"), 3, ready))) throw new Error("the replicas do not get in sync");
    this.#reading = Promise.all([
      ...range(STEADY_PARTITIONS).map((partition) => this.#read("steady", partition)),
      ...range(MOVING_PARTITIONS).map((partition) => this.#read("moving", partition)),
    ]);
    this.#writing = Promise.all([
      ...range(STEADY_PARTITIONS).map((at) =>
        this.#writers("steady", `idempotent-${at}`, (o) => writeIdempotently(o, at)),
      ),
      ...range(MOVING_PARTITIONS).map((at) => this.#writers("moving", `moving-${at}`, (o) => writeIdempotently(o, at))),
      ...range(PLAIN_WRITERS).map((at) =>
        this.#writers("steady", `plain-${at}`, (o) => writePlainly(o, STEADY_PARTITIONS)),
      ),
      ...range(TRANSACTIONAL_WRITERS).map((at) =>
        this.#writers("steady", `transactional-${at}`, (o) => writeInTransactions(o, STEADY_PARTITIONS)),
      ),
      this.#topicsComeAndGo(),
      this.#partitionsMove(),
      this.#modernGroups(),
      this.#classicGroups(),
    ]);
  }

  /** The writers stop, and the readers go on to the ends. */
  async end(): Promise<void> {
    this.#ending.abort();
    const lastAnswers = setTimeout(() => this.#givingUp.abort(), LAST_ANSWERS_MS);
    await this.#writing;
    clearTimeout(lastAnswers);
    this.#givingUp.abort();
    const late = AbortSignal.timeout(READ_TO_THE_END_MS);
    for (const [topic, partitions] of Object.entries({ steady: STEADY_PARTITIONS, moving: MOVING_PARTITIONS })) {
      for (const partition of range(partitions)) {
        const end = await endOf(this.#client(topic), partition, late);
        if (end === null) this.#complain(`${topic}-${partition}`, "its last stable offset stays back");
        this.#ends.set(`${topic}-${partition}`, end ?? 0);
      }
    }
    setTimeout(() => this.#tooLate.abort(), READ_TO_THE_END_MS).unref();
    await this.#reading;
  }

  #client(topic: string): ClusterClient {
    return new ClusterClient(this.#bootstrap, topic, this.#clients++);
  }

  #complain(who: string, says: string): void {
    this.#tally.record({ what: "complaint", who, says });
  }

  #read(topic: string, partition: number): Promise<void> {
    const client = this.#client(topic);
    const common = { client, partition, isFinal: false, record: this.#tally.record };
    const reader = new PartitionReader({ ...common, name: topic, isolation: "committed" });
    return reader.readTo(() => this.#ends.get(`${topic}-${partition}`) ?? null, this.#tooLate.signal);
  }

  /** One after the other, each with a connection and a name of its own. */
  async #writers(topic: string, name: string, write: (options: WriterOptions) => Promise<void>): Promise<void> {
    for (let life = 0; !this.#ending.signal.aborted; life++) {
      const client = this.#client(topic);
      const ending = AbortSignal.any([this.#ending.signal, AbortSignal.timeout(WRITER_LIFE_MS)]);
      const { record } = this.#tally;
      await write({ name: `${name}.${life}`, client, record, ending, givingUp: this.#givingUp.signal });
      client.close();
    }
  }

  async #topicsComeAndGo(): Promise<void> {
    while (!this.#ending.signal.aborted) {
      const topic = `passing-${this.counts.topics}`;
      await this.#create(topic, 6, 3, "1");
      const client = this.#client(topic);
      const givingUp = AbortSignal.timeout(TOPIC_LIFE_MS);
      await writePlainly({ name: "passing", client, record: () => {}, ending: givingUp, givingUp }, 6);
      const request = { topicNames: [topic], timeoutMs: ADMIN_TIMEOUT_MS };
      for (let gone = false; !gone && !this.#givingUp.signal.aborted; ) {
        const answer = await client.askNext(DeleteTopics, DELETE_VERSION, request);
        gone = isDone(errors.UNKNOWN_TOPIC_OR_PARTITION.code, answer?.responses[0]?.errorCode);
        if (!gone) await sleep(BETWEEN_ATTEMPTS_MS);
      }
      client.close();
      this.counts.topics++;
    }
  }

  /** From two brokers to the next two. */
  async #partitionsMove(): Promise<void> {
    const client = this.#client("moving");
    while (!this.#ending.signal.aborted) {
      await sleep(BETWEEN_MOVES_MS);
      const first = this.counts.moves++ % 3;
      const replicas = [first + 1, ((first + 1) % 3) + 1];
      const partitions = range(MOVING_PARTITIONS).map((partitionIndex) => ({ partitionIndex, replicas }));
      const request = { timeoutMs: ADMIN_TIMEOUT_MS, topics: [{ name: "moving", partitions }] };
      await client.askNext(AlterPartitionReassignments, REASSIGN_VERSION, request);
    }
    client.close();
  }

  /** Two members; one more comes, one goes, then all go, and another group begins. */
  async #modernGroups(): Promise<void> {
    for (let group = 0; !this.#ending.signal.aborted; group++) {
      const live = (name: string, ms: number) => {
        const member = new ModernMember(this.#client("steady"), `modern-${group}`, `modern-${group}-${name}`);
        return member.live(AbortSignal.timeout(ms)).then(() => member.commits);
      };
      const later = sleep(MEMBER_LIFE_MS / 2).then(() => live("c", MEMBER_LIFE_MS));
      const commits = await Promise.all([live("a", MEMBER_LIFE_MS), live("b", 2 * MEMBER_LIFE_MS), later]);
      if (commits.every((count) => count === 0)) this.#complain(`modern-${group}`, "no commit was taken");
      this.counts.groups++;
    }
  }

  async #classicGroups(): Promise<void> {
    for (let group = 0; !this.#ending.signal.aborted; group++) {
      const kafka = new Kafka({
        clientId: `classic-${group}`,
        brokers: this.#bootstrap.map(hostAndPort),
        logLevel: logLevel.NOTHING,
        connectionTimeout: 1_000,
        requestTimeout: 5_000,
        retry: { initialRetryTime: 50, maxRetryTime: 500, retries: 1_000 },
      });
      const first = await this.#member(kafka, group);
      const second = await this.#member(kafka, group);
      await sleep(MEMBER_LIFE_MS);
      await first.disconnect();
      await sleep(MEMBER_LIFE_MS);
      await second.disconnect();
      this.counts.groups++;
    }
  }

  async #member(kafka: Kafka, group: number): Promise<Consumer> {
    const consumer = kafka.consumer({ groupId: `classic-${group}`, sessionTimeout: 10_000, heartbeatInterval: 500 });
    await consumer.connect();
    await consumer.subscribe({ topic: "steady", fromBeginning: false });
    await consumer.run({ autoCommitThreshold: 50, eachMessage: async () => {} });
    return consumer;
  }

  async #create(topic: string, partitions: number, replicationFactor: number, minIsr: string): Promise<void> {
    const client = this.#client(topic);
    const configs = [{ name: "min.insync.replicas", value: minIsr }];
    const wanted = { name: topic, numPartitions: partitions, replicationFactor, assignments: [], configs };
    for (let there = false; !there && !this.#givingUp.signal.aborted; ) {
      const request = { topics: [wanted], timeoutMs: ADMIN_TIMEOUT_MS };
      const answer = await client.askNext(CreateTopics, CREATE_VERSION, request);
      there = isDone(errors.TOPIC_ALREADY_EXISTS.code, answer?.topics[0]?.errorCode);
      if (!there) await sleep(BETWEEN_ATTEMPTS_MS);
    }
    client.close();
  }
}

/** `again`: what a broker says to a request that it has done before, and whose answer was lost. */
function isDone(again: number, errorCode: number | undefined): boolean {
  return errorCode === errors.NONE.code || errorCode === again;
}

function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}
