import { afterAll, beforeAll, expect, test } from "vitest";
import { type EmbeddedBroker, startBroker } from "../../src/index.js";
import { errors } from "../../src/protocol/errors.js";
import { Metadata } from "../../src/protocol/messages/03-metadata.js";
import { OffsetCommit } from "../../src/protocol/messages/08-offset-commit.js";
import { OffsetFetch } from "../../src/protocol/messages/09-offset-fetch.js";
import { JoinGroup } from "../../src/protocol/messages/11-join-group.js";
import { DescribeGroups } from "../../src/protocol/messages/15-describe-groups.js";
import { DescribeUserScramCredentials } from "../../src/protocol/messages/50-describe-user-scram-credentials.js";
import { DescribeTransactions } from "../../src/protocol/messages/65-describe-transactions.js";
import type { Api, RequestToSend, ResponseReceived } from "../../src/protocol/schema/message.js";
import { NoAnswer, WireClient } from "../support/wire-client.js";

/** Nobody sends such requests but by mistake or in malice. What took the square of its time would hold the broker for minutes. */

let broker: EmbeddedBroker;

beforeAll(async () => {
  broker = await startBroker({ port: 0, ephemeral: true, logLevel: "silent" });
  const allowAutoTopicCreation = true;
  await ask(Metadata, 8, { ...noOperations, topics: [{ name: "orders" }], allowAutoTopicCreation });
});

afterAll(() => broker.stop());

const noOperations = { includeClusterAuthorizedOperations: false, includeTopicAuthorizedOperations: false };

function connect(): Promise<WireClient> {
  const [host = "", port = ""] = broker.bootstrapServers.split(":");
  return WireClient.connect({ host, port: Number(port), answerMsMax: 25_000 });
}

/** Over a connection of its own: the broker lives, whatever became of the others. */
async function ask<A extends Api>(api: A, version: number, request: RequestToSend<A>): Promise<ResponseReceived<A>> {
  const client = await connect();
  try {
    return await client.request(api, version, request);
  } finally {
    client.close();
  }
}

function times<T>(count: number, make: (i: number) => T): T[] {
  return Array.from({ length: count }, (_, i) => make(i));
}

function offsetOf(partitionIndex: number, committedMetadata: string) {
  return { partitionIndex, committedOffset: 1, committedLeaderEpoch: -1, committedMetadata };
}

const outsider = { generationIdOrMemberEpoch: -1, memberId: "", groupInstanceId: null };

test("a request of a hundred kilobytes whose answer would have a hundred megabytes is not answered", async () => {
  const topics = [{ name: "orders", partitions: [offsetOf(0, "m".repeat(4_000))] }];
  await ask(OffsetCommit, 7, { groupId: "notes", ...outsider, topics });
  const fetched = (count: number) =>
    ask(OffsetFetch, 5, { groupId: "notes", topics: [{ name: "orders", partitionIndexes: times(count, () => 0) }] });
  await expect(fetched(27_000)).rejects.toThrow(NoAnswer);
  const answer = await fetched(2);
  expect(answer.topics[0]?.partitions.map(({ metadata }) => metadata?.length)).toEqual([4_000, 4_000]);
});

test("what is asked for again and again is answered as often", async () => {
  const groupIds = ["a", "b", "a", "a"];
  const { groups } = await ask(DescribeGroups, 5, { groups: groupIds, includeAuthorizedOperations: false });
  expect(groups.map(({ groupId }) => groupId)).toEqual(groupIds);
  const { transactionStates } = await ask(DescribeTransactions, 0, { transactionalIds: groupIds });
  expect(transactionStates.map(({ transactionalId }) => transactionalId)).toEqual(groupIds);
});

test("a request of more elements than anybody needs closes its connection", async () => {
  const groups = (count: number) =>
    ask(DescribeGroups, 5, { groups: times(count, () => ""), includeAuthorizedOperations: false });
  await expect(groups(250_001)).rejects.toThrow(NoAnswer);
  expect((await groups(3)).groups).toHaveLength(3);
});

test("a commit that names one topic a hundred thousand times does not hold up the broker", async () => {
  const topics = times(100_000, (i) => ({ name: "nowhere", partitions: [offsetOf(i, "")] }));
  const answer = await ask(OffsetCommit, 7, { groupId: "commits", ...outsider, topics });
  expect(answer.topics.map(({ name, partitions }) => [name, partitions.length])).toEqual([["nowhere", 100_000]]);
  expect(answer.topics[0]?.partitions.at(-1)?.errorCode).toBe(errors.UNKNOWN_TOPIC_OR_PARTITION.code);
});

test("nor do the credentials of two hundred thousand users", async () => {
  const users = [...times(200_000, (i) => ({ name: `user-${i}` })), { name: "user-0" }];
  const { results } = await ask(DescribeUserScramCredentials, 0, { users });
  expect(results).toHaveLength(200_000);
  expect(results[0]?.errorCode).toBe(errors.DUPLICATE_RESOURCE.code);
  expect(results[1]?.errorCode).toBe(errors.RESOURCE_NOT_FOUND.code);
});

test("nor do members with a hundred thousand protocols each", async () => {
  const member = (from: string) => ({
    groupId: "protocols",
    ...{ sessionTimeoutMs: 10_000, rebalanceTimeoutMs: 10_000, memberId: "", groupInstanceId: null },
    protocolType: "consumer",
    protocols: times(100_000, (i) => ({ name: `${from}-${i}`, metadata: Buffer.alloc(0) })),
  });
  const first = await connect();
  const joining = first.request(JoinGroup, 3, member("one")).catch(() => null);
  const second = await ask(JoinGroup, 3, member("another"));
  expect(second.errorCode).toBe(errors.INCONSISTENT_GROUP_PROTOCOL.code);
  first.close();
  await joining;
});
