/** Versions that Apache Kafka 4 has dropped (KIP-896), over a real connection. Produce and Fetch are tested with real old clients. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type EmbeddedBroker, startBroker } from "../../src/index.js";
import { errors } from "../../src/protocol/errors.js";
import { Produce } from "../../src/protocol/messages/00-produce.js";
import { Fetch } from "../../src/protocol/messages/01-fetch.js";
import { ListOffsets } from "../../src/protocol/messages/02-list-offsets.js";
import { OffsetCommit } from "../../src/protocol/messages/08-offset-commit.js";
import { OffsetFetch } from "../../src/protocol/messages/09-offset-fetch.js";
import { FindCoordinator } from "../../src/protocol/messages/10-find-coordinator.js";
import { ApiVersions } from "../../src/protocol/messages/18-api-versions.js";
import { CreateTopics } from "../../src/protocol/messages/19-create-topics.js";
import { DeleteTopics } from "../../src/protocol/messages/20-delete-topics.js";
import { OffsetForLeaderEpoch } from "../../src/protocol/messages/23-offset-for-leader-epoch.js";
import { DescribeAcls } from "../../src/protocol/messages/29-describe-acls.js";
import { CreateAcls } from "../../src/protocol/messages/30-create-acls.js";
import { DeleteAcls } from "../../src/protocol/messages/31-delete-acls.js";
import { DescribeConfigs } from "../../src/protocol/messages/32-describe-configs.js";
import { AlterReplicaLogDirs } from "../../src/protocol/messages/34-alter-replica-log-dirs.js";
import { DescribeLogDirs } from "../../src/protocol/messages/35-describe-log-dirs.js";
import { CreateDelegationToken } from "../../src/protocol/messages/38-create-delegation-token.js";
import { RenewDelegationToken } from "../../src/protocol/messages/39-renew-delegation-token.js";
import { ExpireDelegationToken } from "../../src/protocol/messages/40-expire-delegation-token.js";
import { DescribeDelegationToken } from "../../src/protocol/messages/41-describe-delegation-token.js";
import { encodeMessages, message, readAsClient } from "../../src/protocol/records/message-sets/convert.test-data.js";
import { firstVersions } from "../differential/dropped-versions.js";
import { WireClient } from "../support/wire-client.js";

const TOPIC = "old";
const OK = { errorCode: errors.NONE.code };

let broker: EmbeddedBroker;
let wire: WireClient;

beforeAll(async () => {
  broker = await startBroker({
    port: 0,
    ephemeral: true,
    properties: { "offsets.topic.num.partitions": 1 },
    logLevel: "silent",
  });
  const [host = "", port = ""] = broker.bootstrapServers.split(":");
  wire = await WireClient.connect({ host, port: Number(port) });
});

afterAll(async () => {
  wire.close();
  await broker.stop();
});

test("they are advertised", async () => {
  const { apiKeys } = await wire.request(ApiVersions, 0, {});
  const lowest = new Map(apiKeys.map(({ apiKey, minVersion }) => [apiKey, minVersion]));
  expect([...firstVersions.keys()].map((key) => lowest.get(key))).toEqual([...firstVersions].map(() => 0));
});

test("topics are created, described and deleted", async () => {
  const create = (version: number, name: string) =>
    wire.request(CreateTopics, version, {
      topics: [{ name, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }],
      timeoutMs: 5000,
    });
  expect((await create(0, TOPIC)).topics).toMatchObject([{ name: TOPIC, ...OK }]);
  expect((await create(1, "gone")).topics).toMatchObject([{ name: "gone", ...OK }]);
  const removed = await wire.request(DeleteTopics, 0, { topics: [], topicNames: ["gone"], timeoutMs: 5000 });
  expect(removed.responses).toMatchObject([{ name: "gone", ...OK }]);

  const resources = [{ resourceType: 2, resourceName: TOPIC, configurationKeys: ["retention.ms", "segment.ms"] }];
  const { results } = await wire.request(DescribeConfigs, 0, { resources });
  expect(results).toMatchObject([{ ...OK, configs: [{ isDefault: true }, { isDefault: true }] }]);
});

test("records are written and read, and offsets found", async () => {
  const records = encodeMessages([message({ magic: 0, value: Buffer.from("one") })]);
  for (const version of [0, 1, 2]) {
    const topicData = [{ name: TOPIC, partitionData: [{ index: 0, records }] }];
    const { responses } = await wire.request(Produce, version, { acks: -1, timeoutMs: 5000, topicData });
    expect(responses[0]?.partitionResponses).toMatchObject([{ ...OK, baseOffset: version }]);
  }
  const fetched = [{ topic: TOPIC, partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 10_000 }] }];
  for (const version of [0, 1, 2, 3]) {
    const { responses } = await wire.request(Fetch, version, { maxWaitMs: 0, minBytes: 1, topics: fetched });
    const messages = readAsClient(responses[0]?.partitions[0]?.records ?? new Uint8Array());
    expect(messages.map(({ offset }) => offset)).toEqual([0, 1, 2]);
  }
  const asked = [{ name: TOPIC, partitions: [{ partitionIndex: 0, timestamp: -1 }] }];
  const listed = await wire.request(ListOffsets, 0, { replicaId: -1, topics: asked });
  expect(listed.topics[0]?.partitions).toMatchObject([{ ...OK, oldStyleOffsets: [3] }]);
});

test("offsets of groups are kept, without a place for them in ZooKeeper", async () => {
  await wire.request(FindCoordinator, 0, { key: "group" });
  for (const version of [0, 1]) {
    const committed = [{ partitionIndex: 0, committedOffset: 10 + version, committedMetadata: "" }];
    const commit = () =>
      wire.request(OffsetCommit, version, { groupId: "group", topics: [{ name: TOPIC, partitions: committed }] });
    const codeOf = async () => (await commit()).topics[0]?.partitions[0]?.errorCode;
    await expect.poll(codeOf, { timeout: 10_000 }).toBe(errors.NONE.code);
    const topics = [{ name: TOPIC, partitionIndexes: [0] }];
    const fetched = await wire.request(OffsetFetch, 0, { groupId: "group", topics });
    expect(fetched.topics[0]?.partitions).toMatchObject([{ ...OK, committedOffset: 10 + version }]);
  }
});

test("leader epochs and folders are told of", async () => {
  const partitions = [{ partition: 0, leaderEpoch: 0 }];
  for (const version of [0, 1]) {
    const { topics } = await wire.request(OffsetForLeaderEpoch, version, { topics: [{ topic: TOPIC, partitions }] });
    expect(topics[0]?.partitions).toMatchObject([{ ...OK, endOffset: 3 }]);
  }
  const { results } = await wire.request(DescribeLogDirs, 0, { topics: null });
  const [folder] = results;
  expect(folder).toMatchObject(OK);
  const dirs = [{ path: folder?.logDir ?? "", topics: [{ name: TOPIC, partitions: [0] }] }];
  const moved = await wire.request(AlterReplicaLogDirs, 0, { dirs });
  expect(moved.results[0]?.partitions).toMatchObject([OK]);
});

test("ACLs and delegation tokens are answered as in later versions", async () => {
  const anyAcl = { principalFilter: null, hostFilter: null, operation: 1, permissionType: 1 };
  const filter = { resourceTypeFilter: 1, resourceNameFilter: null, ...anyAcl };
  const disabled = { errorCode: errors.SECURITY_DISABLED.code };
  expect(await wire.request(DescribeAcls, 0, filter)).toMatchObject(disabled);
  const creation = {
    resourceType: 2,
    resourceName: TOPIC,
    principal: "User:a",
    host: "*",
    operation: 3,
    permissionType: 3,
  };
  expect((await wire.request(CreateAcls, 0, { creations: [creation] })).results).toMatchObject([disabled]);
  expect((await wire.request(DeleteAcls, 0, { filters: [filter] })).filterResults).toMatchObject([disabled]);

  const hmac = Buffer.from("hmac");
  const refused = [
    await wire.request(CreateDelegationToken, 0, {
      ownerPrincipalType: "",
      ownerPrincipalName: "",
      renewers: [],
      maxLifetimeMs: -1,
    }),
    await wire.request(RenewDelegationToken, 0, { hmac, renewPeriodMs: -1 }),
    await wire.request(ExpireDelegationToken, 0, { hmac, expiryTimePeriodMs: -1 }),
    await wire.request(DescribeDelegationToken, 0, { owners: null }),
  ];
  expect(new Set(refused.map(({ errorCode }) => errorCode)).size).toBe(1);
});
