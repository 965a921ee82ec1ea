import { errors } from "../../../src/protocol/errors.js";
import { alterTopic, createPartitions, createTopic, deleteRecords, deleteTopic, deleteTopicOfId } from "../calls.js";
import { anyLog, mustBeAmong, passing, type Worker, type WorkerOptions } from "./worker.js";

/** Few names, so that a deleted one soon comes back. */
const FEW_NAMES = ["apples", "pears", "plums", "quinces"];
const PARTITIONS_MAX = 3;
const GROUP_TOPIC = "__consumer_offsets";
const TRANSACTION_TOPIC = "__transaction_state";

/** Creates and deletes topics, adds partitions, and deletes records. There is one of it: two would have to agree about what exists. */
export class Admin implements Worker {
  readonly #options: WorkerOptions;
  readonly #internalSegmentBytes: number | null;
  readonly #names: readonly string[];
  readonly #unaltered: Set<string>;

  /** `internalSegmentBytes`: null leaves the topics of groups and transactions alone. */
  constructor(options: WorkerOptions, internalSegmentBytes: number | null, names: readonly string[] = FEW_NAMES) {
    this.#options = options;
    this.#internalSegmentBytes = internalSegmentBytes;
    this.#names = names;
    this.#unaltered = new Set(internalSegmentBytes === null ? [] : [GROUP_TOPIC, TRANSACTION_TOPIC]);
  }

  step(): Promise<void> {
    const { random, expected } = this.#options;
    if (this.#unaltered.has(GROUP_TOPIC)) return this.#alter(GROUP_TOPIC);
    const hasTransactions = expected.ledger.transactionalIds.length > 0;
    if (hasTransactions && this.#unaltered.has(TRANSACTION_TOPIC)) return this.#alter(TRANSACTION_TOPIC);
    const free = this.#names.filter((name) => expected.isFree(name));
    const name = free[random.below(free.length)];
    if (name !== undefined && (expected.topics.length === 0 || random.chance(0.5))) return this.#create(name);
    const doomed = expected.topics[random.below(expected.topics.length)];
    if (doomed !== undefined && random.chance(0.3)) return this.#delete(doomed);
    if (doomed !== undefined && random.chance(0.2)) return this.#grow(doomed);
    return this.#deleteRecords();
  }

  /** Small segments make compaction busy. */
  async #alter(topic: string): Promise<void> {
    const { client } = this.#options;
    const { errorCode } = await alterTopic(client, topic, "internal.segment.bytes", `${this.#internalSegmentBytes}`);
    mustBeAmong([errors.NONE.code], errorCode, `an alteration of ${topic}`);
    this.#unaltered.delete(topic);
  }

  async #create(name: string): Promise<void> {
    const { client, expected, random } = this.#options;
    const partitions = random.between(1, PARTITIONS_MAX);
    const configs = {
      "internal.segment.bytes": String(random.pick(8_000, 20_000, 1_000_000)),
      "index.interval.bytes": String(random.pick(0, 500, 4_096)),
      "message.timestamp.type": random.pick("CreateTime", "LogAppendTime"),
    };
    expected.creating(name);
    const { errorCode, topicId } = await createTopic(client, name, partitions, configs);
    if (errorCode === errors.INVALID_REPLICATION_FACTOR.code && this.#maySayNo) return expected.isGone(name);
    // A broker that hears nothing of the controller asks the next one: the first may have created it.
    if (errorCode === errors.TOPIC_ALREADY_EXISTS.code && expected.isReplicated) return;
    mustBeAmong([errors.NONE.code], errorCode, `the creation of ${name}`);
    expected.exists(name, { topicId, partitions });
  }

  async #delete(name: string): Promise<void> {
    const { client, expected } = this.#options;
    const topicId = expected.deleting(name);
    const { errorCode } = await (expected.isReplicated ? deleteTopicOfId(client, topicId) : deleteTopic(client, name));
    // A broker passes a deletion on until a controller has answered, so that it may come twice.
    const mayBeGone = expected.isReplicated ? [errors.UNKNOWN_TOPIC_ID.code] : [];
    mustBeAmong([errors.NONE.code, ...mayBeGone], errorCode, `the deletion of ${name}`);
    expected.isGone(name);
  }

  /** To a new partition: there may be too few brokers for its replicas. */
  get #maySayNo(): boolean {
    const { isStopping, isReplicated } = this.#options.expected;
    return isStopping || isReplicated;
  }

  async #grow(name: string): Promise<void> {
    const { client, expected } = this.#options;
    const grown = expected.growing(name);
    if (grown === null) return;
    const { errorCode } = await createPartitions(client, name, grown.partitions);
    // Brokers that are away may be missed, and a broker that hears nothing of the controller asks the next one.
    if (errorCode === errors.INVALID_REPLICATION_FACTOR.code && this.#maySayNo) return;
    if (errorCode === errors.INVALID_PARTITIONS.code && expected.isReplicated) return;
    mustBeAmong([errors.NONE.code], errorCode, `the growth of ${name}`);
    expected.exists(name, grown);
  }

  async #deleteRecords(): Promise<void> {
    const { client, expected, random } = this.#options;
    const log = anyLog(this.#options);
    if (log === null) return;
    const before = random.below(log.knownEnd + 1);
    log.deleting(before);
    const { errorCode } = await deleteRecords(client, log.place, before);
    // A new leader does not know all that is committed before its followers have fetched.
    const mayLag = expected.isReplicated ? [errors.OFFSET_OUT_OF_RANGE.code] : [];
    mustBeAmong([errors.NONE.code, ...mayLag, ...passing], errorCode, "a deletion of records");
  }
}
