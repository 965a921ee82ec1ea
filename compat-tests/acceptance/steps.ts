/** Steps that acceptance cases share: topics, batches, who leads, and what is expected. */
import { setTimeout as sleep } from "node:timers/promises";
import { type ErrorName, errorName, errors } from "../../src/protocol/errors.js";
import { Produce } from "../../src/protocol/messages/00-produce.js";
import { Fetch } from "../../src/protocol/messages/01-fetch.js";
import { ListOffsets } from "../../src/protocol/messages/02-list-offsets.js";
import { Metadata } from "../../src/protocol/messages/03-metadata.js";
import { OffsetCommit } from "../../src/protocol/messages/08-offset-commit.js";
import { OffsetFetch } from "../../src/protocol/messages/09-offset-fetch.js";
import { FindCoordinator } from "../../src/protocol/messages/10-find-coordinator.js";
import { InitProducerId } from "../../src/protocol/messages/22-init-producer-id.js";
import { DescribeTransactions } from "../../src/protocol/messages/65-describe-transactions.js";
import { type RecordBatch, readBatches } from "../../src/protocol/records/batch.js";
import { type BatchToBuild, buildBatch } from "../../src/protocol/records/build-batch.js";
import { isRefusal, readRecords } from "../../src/protocol/records/record.js";
import { type FetchOptions, fetchFrom, produceTo } from "../../tests/differential/requests.js";
import type { WireClient } from "../../tests/support/wire-client.js";
import type { BrokerUnderTest } from "./case.js";

export { batchOf, fetchFrom, joinTo, produceTo, subscriptionTo } from "../../tests/differential/requests.js";

/** From here on a batch is of magic 2, and no version is newer that needs topic ids. */
const PRODUCE_VERSION = 9;
const FETCH_VERSION = 11;
const LATEST = -1;
const PATIENCE_MS = 20_000;
const BETWEEN_LOOKS_MS = 50;
const RECORDS_BYTES_MAX = 64 * 1024 * 1024;

export interface TopicOptions {
  readonly suffix?: string;
  readonly partitions?: number;
  readonly replicas?: number;
  readonly configs?: Readonly<Record<string, string>>;
}

/** Makes a topic, waits until the leaders of all its partitions serve them, and gives its name. */
export async function createTopic(broker: BrokerUnderTest, options: TopicOptions = {}): Promise<string> {
  const { suffix, partitions = 1, replicas = 1, configs = {} } = options;
  const topic = broker.name(suffix);
  await broker.ask({ ask: "create-topic", topic, partitions, replicas, configs });
  const connection = await broker.connect();
  await eventually(`${topic} has leaders`, async () => {
    const { topics } = await connection.request(Metadata, 5, { topics: [{ name: topic }] });
    const described = topics[0]?.partitions ?? [];
    return described.length === partitions && described.every(({ leaderId }) => leaderId >= 0);
  });
  connection.close();
  for (let partition = 0; partition < partitions; partition++) {
    await eventually(`partition ${partition} of ${topic} is served`, () => isServed(broker, topic, partition));
  }
  return topic;
}

/** A broker may be named the leader a little before it knows that itself. */
async function isServed(broker: BrokerUnderTest, topic: string, partition: number): Promise<boolean> {
  const leader = await connectToLeader(broker, topic, partition);
  const topics = [{ name: topic, partitions: [{ partitionIndex: partition, timestamp: LATEST }] }];
  const answer = await leader.request(ListOffsets, 4, { replicaId: -1, topics }).finally(() => leader.close());
  return answer.topics[0]?.partitions[0]?.errorCode === 0;
}

export interface BrokerSeen {
  readonly nodeId: number;
  readonly connection: WireClient;
}

/** A connection to each broker of the cluster, all of which know the topic. */
export async function connectToAll(broker: BrokerUnderTest, topic: string): Promise<BrokerSeen[]> {
  const asked = { topics: [{ name: topic }], allowAutoTopicCreation: false };
  const { brokers } = await (await broker.connect()).request(Metadata, 5, asked);
  const seen: BrokerSeen[] = [];
  for (const { nodeId, host, port } of brokers) {
    const connection = await broker.connect({ host, port });
    await eventually(`broker ${nodeId} knows ${topic}`, async () => {
      return (await connection.request(Metadata, 5, asked)).topics[0]?.errorCode === 0;
    });
    seen.push({ nodeId, connection });
  }
  return seen;
}

/** A connection to the leader of a partition. */
export async function connectToLeader(broker: BrokerUnderTest, topic: string, partition = 0): Promise<WireClient> {
  const connection = await broker.connect();
  const { brokers, topics } = await connection.request(Metadata, 5, { topics: [{ name: topic }] });
  connection.close();
  const described = topics[0]?.partitions.find(({ partitionIndex }) => partitionIndex === partition);
  const leader = brokers.find(({ nodeId }) => nodeId === described?.leaderId);
  if (leader === undefined) throw new Error(`partition ${partition} of ${topic} has no leader`);
  return await broker.connect(leader);
}

/** A connection to the coordinator of a group, or of a transactional id. */
export async function connectToCoordinator(
  broker: BrokerUnderTest,
  key: string,
  of: "group" | "transaction" = "group",
): Promise<WireClient> {
  const connection = await broker.connect();
  const find = () => connection.request(FindCoordinator, 2, { key, keyType: of === "group" ? 0 : 1 });
  let found = await find();
  // The topic that the coordinators keep may not be there yet, and a coordinator that is named may still be loading.
  await eventually(`${key} has a coordinator`, async () => {
    found = await find();
    return found.errorCode === 0;
  });
  const coordinator = await broker.connect(found);
  await eventually(`the coordinator of ${key} has loaded`, async () => {
    const errorCode = of === "group" ? await groupError(coordinator, key) : await transactionError(coordinator, key);
    return !notYet.includes(errorCode);
  });
  return coordinator;
}

/** Sets where a group without members goes on. */
export async function commit(broker: BrokerUnderTest, groupId: string, topic: string, offset: number): Promise<void> {
  const coordinator = await connectToCoordinator(broker, groupId);
  const { topics } = await coordinator.request(OffsetCommit, 7, {
    groupId,
    topics: [{ name: topic, partitions: [{ partitionIndex: 0, committedOffset: offset, committedMetadata: null }] }],
  });
  expectError("OffsetCommit", topics[0]?.partitions[0]?.errorCode, "NONE");
}

const notYet: readonly number[] = [
  errors.COORDINATOR_NOT_AVAILABLE.code,
  errors.COORDINATOR_LOAD_IN_PROGRESS.code,
  errors.NOT_COORDINATOR.code,
];

async function groupError(coordinator: WireClient, groupId: string): Promise<number> {
  return (await coordinator.request(OffsetFetch, 5, { groupId, topics: null })).errorCode;
}

async function transactionError(coordinator: WireClient, transactionalId: string): Promise<number> {
  const { transactionStates } = await coordinator.request(DescribeTransactions, 0, {
    transactionalIds: [transactionalId],
  });
  return transactionStates[0]?.errorCode ?? 0;
}

/** As `batchOf`, but of this moment: a broker that recovers forgets producers whose last batch is days old. */
export function batchOfNow(values: readonly string[], producer: NonNullable<BatchToBuild["producer"]>): Uint8Array {
  const timestampMs = Date.now();
  const records = values.map((value) => ({ timestampMs, key: null, value: Buffer.from(value) }));
  return buildBatch({ records, producer });
}

/** An idempotent producer without a transactional id, as soon as the broker has a block of ids to give from. */
export async function producerIdentity(connection: WireClient): Promise<{ id: number; epoch: number }> {
  const init = () => connection.request(InitProducerId, 1, { transactionalId: null, transactionTimeoutMs: 60_000 });
  let given = await init();
  await eventually("there is a producer id", async () => {
    if (given.errorCode !== 0) given = await init();
    return given.errorCode === 0;
  });
  return { id: given.producerId, epoch: given.producerEpoch };
}

/** Appends a batch; an error is a broken promise. Gives the offset of its first record. */
export async function produce(
  connection: WireClient,
  topic: string,
  records: Uint8Array,
  more: { readonly acks?: number; readonly partition?: number; readonly version?: number } = {},
): Promise<number> {
  const { version = PRODUCE_VERSION, ...where } = more;
  const { responses } = await connection.request(Produce, version, produceTo(topic, records, where));
  const answer = responses[0]?.partitionResponses[0];
  expectError("Produce", answer?.errorCode, "NONE");
  return answer?.baseOffset ?? -1;
}

/** What one Fetch gives of a partition. */
export async function fetchOnce(
  connection: WireClient,
  topic: string,
  offset: number,
  options: FetchOptions & { readonly version?: number; readonly isolationLevel?: number } = {},
) {
  const { version = FETCH_VERSION, isolationLevel = 0, ...request } = options;
  const { responses } = await connection.request(Fetch, version, {
    ...fetchFrom(topic, offset, request),
    isolationLevel,
  });
  const partition = responses[0]?.partitions[0];
  if (partition === undefined) throw new Error("Fetch: the answer has no partition");
  return partition;
}

export interface RecordRead {
  readonly offset: number;
  readonly key: string | null;
  readonly value: string | null;
}

/** The records of fetched batches, those before the offset that was asked for too. */
export function recordsIn(bytes: Uint8Array | null): RecordRead[] {
  return readBatches(bytes ?? new Uint8Array()).batches.flatMap((batch) => {
    return recordsOf(batch).map(({ offset, key, value }) => ({ offset, key: textOf(key), value: textOf(value) }));
  });
}

/** A batch that cannot be read is a broken promise. */
export function recordsOf(batch: RecordBatch) {
  const records = readRecords(batch, RECORDS_BYTES_MAX);
  if (isRefusal(records)) throw new Error(`a batch that cannot be read: ${JSON.stringify(records)}`);
  return records;
}

function textOf(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes).toString();
}

/** Tries again until it holds. */
export async function eventually(
  what: string,
  holds: () => Promise<boolean> | boolean,
  withinMs = PATIENCE_MS,
): Promise<void> {
  const deadlineMs = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > deadlineMs) throw new Error(`not within ${withinMs} ms: ${what}`);
    await sleep(BETWEEN_LOOKS_MS);
  }
}

/** `otherwise` says what was seen instead. */
export function expectThat(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Error(otherwise);
}

export function expectSame(what: string, seen: unknown, expected: unknown): void {
  const [one, other] = [JSON.stringify(seen), JSON.stringify(expected)];
  if (one !== other) throw new Error(`${what}: ${one}, not ${other}`);
}

export function expectError(what: string, seen: number | undefined, ...expected: readonly ErrorName[]): void {
  if (expected.some((name) => errors[name].code === seen)) return;
  const name = seen === undefined ? "no answer" : errorName(seen);
  throw new Error(`${what}: ${name}, not ${expected.join(" or ")}`);
}
