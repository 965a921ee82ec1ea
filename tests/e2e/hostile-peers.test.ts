import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EmbeddedCluster, startBroker, startCluster } from "../../src/index.js";
import { errors } from "../../src/protocol/errors.js";
import { Fetch } from "../../src/protocol/messages/01-fetch.js";
import { Metadata } from "../../src/protocol/messages/03-metadata.js";
import { CreateTopics } from "../../src/protocol/messages/19-create-topics.js";
import { WriteTxnMarkers } from "../../src/protocol/messages/27-write-txn-markers.js";
import { DescribeQuorum } from "../../src/protocol/messages/55-describe-quorum.js";
import { AlterPartition } from "../../src/protocol/messages/56-alter-partition.js";
import { Envelope } from "../../src/protocol/messages/58-envelope.js";
import { BrokerRegistration } from "../../src/protocol/messages/62-broker-registration.js";
import { BrokerHeartbeat } from "../../src/protocol/messages/63-broker-heartbeat.js";
import { AllocateProducerIds } from "../../src/protocol/messages/67-allocate-producer-ids.js";
import { AssignReplicasToDirs } from "../../src/protocol/messages/73-assign-replicas-to-dirs.js";
import type { Api, RequestToSend, ResponseReceived } from "../../src/protocol/schema/message.js";
import { ZERO_UUID } from "../../src/protocol/wire/zero-uuid.js";
import { NoAnswer, WireClient } from "../support/wire-client.js";

/** Whoever reaches the listener between brokers can say that it is one. The cluster must outlive what it says. */

const INT32_MAX = 2_147_483_647;
const INT32_MIN = -2_147_483_648;
const LONGEST_NAME = "n".repeat(32_767);
const noOperations = { includeClusterAuthorizedOperations: false, includeTopicAuthorizedOperations: false };

let cluster: EmbeddedCluster;
let topicId: string;
let leader: number;

beforeAll(async () => {
  cluster = await startCluster({ brokers: 3, ephemeral: true, logLevel: "silent" });
  expect(await createTopic("orders")).toBe(errors.NONE.code);
  [topicId, leader] = await leaderOf("orders");
});

afterAll(() => cluster.stop());

async function askAt<A extends Api>(
  address: string | undefined,
  api: A,
  version: number,
  request: RequestToSend<A>,
): Promise<ResponseReceived<A>> {
  const [host = "", port = ""] = address?.split(":") ?? [];
  const client = await WireClient.connect({ host, port: Number(port) });
  try {
    return await client.request(api, version, request);
  } finally {
    client.close();
  }
}

function ask<A extends Api>(nodeId: number, api: A, version: number, request: RequestToSend<A>) {
  return askAt(cluster.bootstrapServers.split(",")[nodeId - 1], api, version, request);
}

async function controller(): Promise<number> {
  const topics = [{ topicName: "__cluster_metadata", partitions: [{ partitionIndex: 0 }] }];
  const answer = await ask(1, DescribeQuorum, 1, { topics });
  return answer.topics[0]?.partitions[0]?.leaderId ?? -1;
}

async function createTopic(name: string): Promise<number | undefined> {
  const topic = { name, numPartitions: 3, replicationFactor: 3, assignments: [], configs: [] };
  const answer = await ask(1, CreateTopics, 7, { topics: [topic], timeoutMs: 10_000, validateOnly: false });
  return answer.topics[0]?.errorCode;
}

async function leaderOf(name: string): Promise<[string, number]> {
  const topics = [{ topicId: ZERO_UUID, name }];
  const answer = await ask(1, Metadata, 12, { ...noOperations, topics, allowAutoTopicCreation: false });
  const [topic] = answer.topics;
  return [topic?.topicId ?? "", topic?.partitions.find(({ partitionIndex }) => partitionIndex === 0)?.leaderId ?? -1];
}

function uuid(byte: number): string {
  return Buffer.alloc(16, byte).toString("base64url");
}

const listener = { name: "PLAINTEXT", host: "elsewhere", port: 9092, securityProtocol: 0 };

function registration(brokerId: number, changes: Partial<RequestToSend<typeof BrokerRegistration>>) {
  const level = { minSupportedVersion: 0, maxSupportedVersion: 100 };
  const names = ["metadata.version", "group.version", "transaction.version", "eligible.leader.replicas.version"];
  return {
    ...{ brokerId, clusterId: cluster.clusterId, incarnationId: uuid(1), listeners: [listener], rack: null },
    features: [...names, "kraft.version", "share.version", "streams.version"].map((name) => ({ name, ...level })),
    ...{ logDirs: [], ...changes },
  };
}

describe("a stranger that registers as a broker", () => {
  test.each([
    ["with the largest id", INT32_MAX, { logDirs: [uuid(10)] }],
    ["without listeners", 70, { logDirs: [uuid(11)], listeners: [] }],
    ["with two listeners of one name", 71, { logDirs: [uuid(12)], listeners: [listener, { ...listener, port: 1 }] }],
    ["with the longest names", 72, { logDirs: [uuid(13)], listeners: [{ ...listener, name: LONGEST_NAME }] }],
    ["from the future", 73, { logDirs: [uuid(14)], previousBrokerEpoch: Number.MAX_SAFE_INTEGER }],
  ])("%s joins and goes, and the cluster goes on", async (how, brokerId, changes) => {
    const at = await controller();
    const { errorCode, brokerEpoch } = await ask(at, BrokerRegistration, 4, registration(brokerId, changes));
    expect(errorCode).toBe(errors.NONE.code);
    const beat = { brokerId, brokerEpoch, wantFence: false, wantShutDown: false };
    const early = await ask(at, BrokerHeartbeat, 1, { ...beat, currentMetadataOffset: -5 });
    expect(early.isFenced).toBe(true);
    const late = { ...beat, currentMetadataOffset: Number.MAX_SAFE_INTEGER, offlineLogDirs: [ZERO_UUID, uuid(9)] };
    expect((await ask(at, BrokerHeartbeat, 1, late)).isFenced).toBe(false);
    const gone = await ask(at, BrokerHeartbeat, 1, { ...late, wantFence: true });
    expect(gone.isFenced).toBe(true);
    expect(await createTopic(`after-${how.replaceAll(" ", "-")}`)).toBe(errors.NONE.code);
  });

  test("under the id of one that lives is refused", async () => {
    const answer = await ask(await controller(), BrokerRegistration, 4, registration(leader, { logDirs: [uuid(15)] }));
    expect(answer.errorCode).toBe(errors.DUPLICATE_BROKER_REGISTRATION.code);
  });

  test("is not even understood by a broker that is alone", async () => {
    const alone = await startBroker({ port: 0, ephemeral: true, logLevel: "silent" });
    const request = { ...registration(2, { logDirs: [uuid(16)] }), clusterId: alone.clusterId };
    await expect(askAt(alone.bootstrapServers, BrokerRegistration, 4, request)).rejects.toThrow(NoAnswer);
    await alone.stop();
  });
});

test.each([-1, 0, Number.MAX_SAFE_INTEGER])(
  "in broker epoch %i nothing is done in the name of a leader",
  async (epoch) => {
    const at = await controller();
    const who = { brokerId: leader, brokerEpoch: epoch };
    const proposal = {
      leaderEpoch: INT32_MAX,
      leaderRecoveryState: -128,
      partitionEpoch: INT32_MIN,
      partitionIndex: -1,
    };
    const newIsrWithEpochs = [{ brokerId: INT32_MIN, brokerEpoch: -1 }];
    const partitions = [{ ...proposal, newIsrWithEpochs }];
    const directories = [{ id: ZERO_UUID, topics: [{ topicId: ZERO_UUID, partitions: [{ partitionIndex: -1 }] }] }];
    const beat = { ...who, currentMetadataOffset: Number.MAX_SAFE_INTEGER, wantFence: true, wantShutDown: true };
    const answers = [
      await ask(at, AlterPartition, 3, { ...who, topics: [{ topicId, partitions }] }),
      await ask(at, AssignReplicasToDirs, 0, { ...who, directories }),
      await ask(at, AllocateProducerIds, 0, who),
      await ask(at, BrokerHeartbeat, 1, beat),
    ];
    expect(answers.map(({ errorCode }) => errorCode)).toEqual(answers.map(() => errors.STALE_BROKER_EPOCH.code));
  },
);

test.each([
  ["somebody unknown", 70, -1],
  ["the leader itself", "leader", -1],
  ["one of a future run", "leader", Number.MAX_SAFE_INTEGER],
  ["the largest id", INT32_MAX, 0],
] as const)("a follower that says it is %s gets no records", async (_, id, replicaEpoch) => {
  const replicaId = id === "leader" ? leader : id;
  const fetched = async (partition: number, fetchOffset: number) => {
    const asked = { partition, fetchOffset, lastFetchedEpoch: INT32_MAX, logStartOffset: fetchOffset };
    const partitions = [{ ...asked, partitionMaxBytes: -1 }];
    const limits = { maxWaitMs: 0, minBytes: INT32_MIN, maxBytes: -1, isolationLevel: -1, sessionEpoch: -1 };
    const topics = [{ topicId, partitions }];
    const answer = await ask(leader, Fetch, 15, {
      replicaState: { replicaId, replicaEpoch },
      ...limits,
      topics,
    } as never);
    return answer.responses[0]?.partitions[0];
  };
  for (const [partition, fetchOffset] of [
    [0, 0],
    [0, Number.MAX_SAFE_INTEGER],
    [-1, -7],
    [INT32_MAX, 0],
  ] as const) {
    const answer = await fetched(partition, fetchOffset);
    expect(answer?.errorCode).not.toBe(errors.NONE.code);
    expect(answer?.records?.length ?? 0).toBe(0);
  }
});

test.each([
  ["of no producer", -1, -1, errors.INVALID_REQUEST.code],
  ["of an epoch below zero", 5, -32_768, errors.INVALID_REQUEST.code],
])("a marker %s ends no transaction", async (_, producerId, producerEpoch, errorCode) => {
  const topics = ["orders", "__consumer_offsets", "__cluster_metadata", "", LONGEST_NAME].map((name) => ({
    ...{ name, partitionIndexes: [0, -1, INT32_MAX] },
  }));
  const marker = { producerId, producerEpoch, coordinatorEpoch: INT32_MIN, transactionResult: true, topics };
  const answer = await ask(leader, WriteTxnMarkers, 1, { markers: [marker] });
  const codes = answer.markers[0]?.topics.flatMap(({ partitions }) => partitions.map((one) => one.errorCode));
  expect(new Set(codes)).toEqual(new Set([errorCode]));
});

test("an Envelope around anything but a request is refused", async () => {
  const at = await controller();
  const envelope = { requestData: Buffer.alloc(0), requestPrincipal: null, clientHostAddress: Buffer.alloc(4) };
  const code = async (changes: Partial<RequestToSend<typeof Envelope>>) =>
    (await ask(at, Envelope, 0, { ...envelope, ...changes })).errorCode;
  expect(await code({})).toBe(errors.INVALID_REQUEST.code);
  expect(await code({ requestData: Buffer.alloc(50, 0xff) })).toBe(errors.INVALID_REQUEST.code);
  expect(await code({ clientHostAddress: Buffer.alloc(3) })).toBe(errors.INVALID_REQUEST.code);
  expect(await code({ requestPrincipal: Buffer.alloc(1) })).toBe(errors.PRINCIPAL_DESERIALIZATION_FAILURE.code);
});

test("after all that the topic has its leader, and new ones get theirs", async () => {
  expect(await leaderOf("orders")).toEqual([topicId, leader]);
  expect(await createTopic("last")).toBe(errors.NONE.code);
});
