/** The requests of the simulated clients, each one topic, one partition, one group at a time. */
import { invariant } from "../../src/lib/invariant.js";
import { Produce } from "../../src/protocol/messages/00-produce.js";
import { Fetch } from "../../src/protocol/messages/01-fetch.js";
import { ListOffsets } from "../../src/protocol/messages/02-list-offsets.js";
import { Metadata } from "../../src/protocol/messages/03-metadata.js";
import { OffsetCommit } from "../../src/protocol/messages/08-offset-commit.js";
import { OffsetFetch } from "../../src/protocol/messages/09-offset-fetch.js";
import { CreateTopics } from "../../src/protocol/messages/19-create-topics.js";
import { DeleteTopics } from "../../src/protocol/messages/20-delete-topics.js";
import { DeleteRecords } from "../../src/protocol/messages/21-delete-records.js";
import { InitProducerId } from "../../src/protocol/messages/22-init-producer-id.js";
import { OffsetForLeaderEpoch } from "../../src/protocol/messages/23-offset-for-leader-epoch.js";
import { CreatePartitions } from "../../src/protocol/messages/37-create-partitions.js";
import { IncrementalAlterConfigs } from "../../src/protocol/messages/44-incremental-alter-configs.js";
import type { Client } from "./client.js";

/** A partition of one topic, whatever other topics have the same name before or after. */
export interface Place {
  readonly topic: string;
  readonly topicId: string;
  readonly partition: number;
}

export interface GroupIdentity {
  readonly groupId: string;
  readonly memberId: string;
  readonly generationId: number;
}

const TIMEOUT_MS = 5_000;
const TOPIC_RESOURCE = 2;
const SET_CONFIG = 0;
const BROKER_DEFAULT = -1;
const FETCH_BYTES_MAX = 256 * 1024;

export const EARLIEST = -2;
export const LATEST = -1;

/** Creates the topics that do not exist. */
export async function topicsOf(client: Client, names: readonly string[] | null) {
  const { topics } = await client.request(Metadata, 12, {
    topics: names?.map((name) => ({ name })) ?? null,
    includeTopicAuthorizedOperations: false,
  });
  return topics;
}

export async function createTopic(
  client: Client,
  name: string,
  numPartitions: number,
  configs: Readonly<Record<string, string>>,
  replicationFactor = BROKER_DEFAULT,
) {
  const { topics } = await client.request(CreateTopics, 7, {
    topics: [
      {
        ...{ name, numPartitions, replicationFactor, assignments: [] },
        configs: Object.entries(configs).map(([name, value]) => ({ name, value })),
      },
    ],
    timeoutMs: TIMEOUT_MS,
  });
  return only(topics);
}

export async function alterTopic(client: Client, name: string, config: string, value: string) {
  const { responses } = await client.request(IncrementalAlterConfigs, 1, {
    resources: [
      {
        resourceType: TOPIC_RESOURCE,
        resourceName: name,
        configs: [{ name: config, configOperation: SET_CONFIG, value }],
      },
    ],
    validateOnly: false,
  });
  return only(responses);
}

export async function deleteTopic(client: Client, name: string) {
  return deleteOne(client, { name, topicId: noId });
}

/** This one, and no other that has its name by then. */
export async function deleteTopicOfId(client: Client, topicId: string) {
  return deleteOne(client, { name: null, topicId });
}

async function deleteOne(client: Client, topic: { readonly name: string | null; readonly topicId: string }) {
  return only((await client.request(DeleteTopics, 6, { topics: [topic], timeoutMs: TIMEOUT_MS })).responses);
}

export async function createPartitions(client: Client, name: string, count: number) {
  const request = { topics: [{ name, count, assignments: null }], timeoutMs: TIMEOUT_MS, validateOnly: false };
  return only((await client.request(CreatePartitions, 3, request)).results);
}

export async function deleteRecords(client: Client, place: Place, offset: number) {
  const { topics } = await client.request(DeleteRecords, 2, {
    topics: [{ name: place.topic, partitions: [{ partitionIndex: place.partition, offset }] }],
    timeoutMs: TIMEOUT_MS,
  });
  return only(only(topics).partitions);
}

export async function initProducer(client: Client) {
  return client.request(InitProducerId, 4, { transactionalId: null, transactionTimeoutMs: TIMEOUT_MS });
}

function produceRequest({ topicId, partition }: Place, acks: number, records: Uint8Array) {
  return {
    acks,
    timeoutMs: TIMEOUT_MS,
    topicData: [{ topicId, partitionData: [{ index: partition, records }] }],
  };
}

export async function produce(client: Client, place: Place, acks: 1 | -1, records: Uint8Array) {
  const { responses } = await client.request(Produce, 13, produceRequest(place, acks, records));
  return only(only(responses).partitionResponses);
}

/** acks = 0: nobody will say what became of it. */
export function produceBlindly(client: Client, place: Place, records: Uint8Array): void {
  client.sendOnly(Produce, 13, produceRequest(place, 0, records));
}

export async function fetch(
  client: Client,
  { topicId, partition }: Place,
  fetchOffset: number,
  wait: { readonly minBytes: number; readonly maxWaitMs: number },
  currentLeaderEpoch = -1,
) {
  const asked = { partition, currentLeaderEpoch, fetchOffset, partitionMaxBytes: FETCH_BYTES_MAX };
  const { errorCode, responses } = await client.request(Fetch, 16, {
    ...wait,
    maxBytes: FETCH_BYTES_MAX,
    topics: [{ topicId, partitions: [asked] }],
  });
  invariant(errorCode === 0, "a fetch without a session is taken");
  return only(only(responses).partitions);
}

export async function offsetAt(client: Client, { topic, partition }: Place, timestamp: number) {
  const { topics } = await client.request(ListOffsets, 7, {
    replicaId: -1,
    topics: [{ name: topic, partitions: [{ partitionIndex: partition, timestamp }] }],
  });
  return only(only(topics).partitions);
}

/** Where the records of `leaderEpoch`, or of the last one before it, end. */
export async function epochEnd(client: Client, { topic, partition }: Place, leaderEpoch: number) {
  const { topics } = await client.request(OffsetForLeaderEpoch, 4, {
    replicaId: -1,
    topics: [{ topic, partitions: [{ partition, currentLeaderEpoch: -1, leaderEpoch }] }],
  });
  return only(only(topics).partitions);
}

export async function commitOffset(
  client: Client,
  { groupId, memberId, generationId }: GroupIdentity,
  { topicId, partition }: Place,
  committed: { readonly offset: number; readonly metadata: string },
) {
  const { topics } = await client.request(OffsetCommit, 10, {
    ...{ groupId, memberId, generationIdOrMemberEpoch: generationId },
    topics: [
      {
        topicId,
        partitions: [
          { partitionIndex: partition, committedOffset: committed.offset, committedMetadata: committed.metadata },
        ],
      },
    ],
  });
  return only(only(topics).partitions).errorCode;
}

/** An offset of -1: nothing is committed. */
export async function committedOffset(client: Client, groupId: string, { topicId, partition }: Place) {
  const { groups } = await client.request(OffsetFetch, 10, {
    groups: [{ groupId, topics: [{ topicId, partitionIndexes: [partition] }] }],
  });
  const group = only(groups);
  if (group.errorCode !== 0) return { errorCode: group.errorCode, committedOffset: -1, metadata: null };
  return only(only(group.topics).partitions);
}

const noId = "AAAAAAAAAAAAAAAAAAAAAA";

export function only<T>(list: readonly T[]): T {
  const [first] = list;
  invariant(first !== undefined && list.length === 1, "who asks for one thing gets one");
  return first;
}
