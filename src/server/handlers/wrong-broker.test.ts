/** What a client hears that asks a broker which does not lead, hold or coordinate what it asks for. */
import { beforeEach, describe, expect, test } from "vitest";
import { Partitions } from "../../cluster/replication/partitions.js";
import { withoutPeers } from "../../cluster/replication/replication.test-data.js";
import { FetchSessions } from "../../cluster/replication/sessions/fetch-sessions.js";
import { configWith } from "../../config/config.test-data.js";
import type { MetadataImage, PartitionImage } from "../../metadata/image/image.js";
import { errors } from "../../protocol/errors.js";
import { Produce } from "../../protocol/messages/00-produce.js";
import { Fetch } from "../../protocol/messages/01-fetch.js";
import { DescribeProducers } from "../../protocol/messages/61-describe-producers.js";
import { DescribeTransactions } from "../../protocol/messages/65-describe-transactions.js";
import { batchOf, logConfig, memoryFiles, openStore, StillClock } from "../../storage/storage.test-data.js";
import { ask, type Caller, imageWith } from "../ask.test-data.js";
import { produce } from "./00-produce.js";
import { fetch } from "./01-fetch.js";
import { describeProducers } from "./61-describe-producers.js";
import { describeTransactions } from "./65-describe-transactions.js";

let caller: Caller;

/** Broker 1 is asked. It follows broker 2 in `followed-0`, and has nothing of `elsewhere-0`, which broker 2 leads as well. */
beforeEach(async () => {
  const wire = new StillClock();
  const image = ledByBroker2({ followed: [1, 2], elsewhere: [2, 3] });
  const { ports, onRole } = withoutPeers(wire);
  const partitions = new Partitions({
    ...{ nodeId: 1, clock: wire, store: await openStore(memoryFiles()), ports, onRole },
    logConfigOf: () => logConfig,
  });
  partitions.apply(imageWith({}), image);
  const config = configWith();
  const fetchSessions = new FetchSessions({ wire, random: { below: () => 0 }, slotsMax: 1 });
  caller = { image, broker: { partitions, config, fetchSessions } };
});

function ledByBroker2(replicas: Readonly<Record<string, readonly number[]>>): MetadataImage {
  const image = imageWith(Object.fromEntries(Object.keys(replicas).map((name) => [name, 1])));
  const topics = [...image.topicsByName.values()].map((topic) => {
    const ids = replicas[topic.name] ?? [];
    const changes: Partial<PartitionImage> = { leader: 2, replicas: ids, isr: ids };
    return { ...topic, partitions: topic.partitions.map((partition) => ({ ...partition, ...changes })) };
  });
  const topicsByName = new Map(topics.map((topic) => [topic.name, topic]));
  return { ...image, topicsByName, topicsById: new Map(topics.map((topic) => [topic.id, topic])) };
}

describe("Fetch", () => {
  async function fetched(topic: string, version: number) {
    const partitions = [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1_000 }];
    const topicId = caller.image?.topicsByName.get(topic)?.id ?? "";
    const request = { maxWaitMs: 0, minBytes: 1, topics: [{ topic, topicId, partitions }] };
    const { responses } = await ask(fetch, Fetch, version, request, caller);
    return responses[0]?.partitions[0];
  }

  test("tells who leads since version 16; before, the field for it is the metadata quorum's", async () => {
    const errorCode = errors.NOT_LEADER_OR_FOLLOWER.code;
    expect(await fetched("elsewhere", 16)).toMatchObject({ errorCode, currentLeader: { leaderId: 2 } });
    expect(await fetched("elsewhere", 15)).toMatchObject({ errorCode, currentLeader: { leaderId: -1 } });
  });

  test("knows of no aborted transactions where it has no replica", async () => {
    expect(await fetched("elsewhere", 16)).toMatchObject({ abortedTransactions: null });
  });
});

test("Produce with acks that do not exist is not sent on to the leader", async () => {
  const errorOf = async (acks: number) => {
    const partitionData = [{ index: 0, records: batchOf(1) }];
    const request = { acks, timeoutMs: 0, topicData: [{ name: "elsewhere", partitionData }] };
    const { responses } = await ask(produce, Produce, 9, request, caller);
    return responses[0]?.partitionResponses[0]?.errorCode;
  };
  expect(await errorOf(7)).toBe(errors.INVALID_REQUIRED_ACKS.code);
  expect(await errorOf(1)).toBe(errors.NOT_LEADER_OR_FOLLOWER.code);
});

test("DescribeProducers is answered by a follower, not by a broker without a replica", async () => {
  const errorOf = async (name: string) => {
    const request = { topics: [{ name, partitionIndexes: [0] }] };
    const { topics } = await ask(describeProducers, DescribeProducers, 0, request, caller);
    return topics[0]?.partitions[0]?.errorCode;
  };
  expect(await errorOf("followed")).toBe(errors.NONE.code);
  expect(await errorOf("elsewhere")).toBe(errors.NOT_LEADER_OR_FOLLOWER.code);
});

test("DescribeTransactions refuses an empty id at any broker, and others where it does not coordinate them", async () => {
  const transactions = { shardOf: () => ({ errorCode: errors.NOT_COORDINATOR.code }) } as never;
  const request = { transactionalIds: ["", "tx"] };
  const asked = { ...caller, broker: { transactions } };
  const { transactionStates } = await ask(describeTransactions, DescribeTransactions, 0, request, asked);
  expect(transactionStates.map(({ errorCode }) => errorCode)).toEqual([
    errors.INVALID_REQUEST.code,
    errors.NOT_COORDINATOR.code,
  ]);
});
