/** The requests of transactional producers, and of those who read only what is committed. */
import { invariant } from "../../src/lib/invariant.js";
import { errors } from "../../src/protocol/errors.js";
import { Produce } from "../../src/protocol/messages/00-produce.js";
import { Fetch } from "../../src/protocol/messages/01-fetch.js";
import { FindCoordinator } from "../../src/protocol/messages/10-find-coordinator.js";
import { InitProducerId } from "../../src/protocol/messages/22-init-producer-id.js";
import { AddPartitionsToTxn } from "../../src/protocol/messages/24-add-partitions-to-txn.js";
import { AddOffsetsToTxn } from "../../src/protocol/messages/25-add-offsets-to-txn.js";
import { EndTxn } from "../../src/protocol/messages/26-end-txn.js";
import { TxnOffsetCommit } from "../../src/protocol/messages/28-txn-offset-commit.js";
import { ListTransactions } from "../../src/protocol/messages/66-list-transactions.js";
import { only, type Place } from "./calls.js";
import type { Client } from "./client.js";

/** The first one adds partitions and groups by requests of their own (KIP-98), the second by writing to them (KIP-890). */
export type Generation = "first" | "second";

export interface ProducerIdentity {
  readonly transactionalId: string;
  readonly id: number;
  readonly epoch: number;
}

interface CommittedOffset {
  readonly groupId: string;
  readonly place: Place;
  readonly offset: number;
  readonly metadata: string;
}

const TIMEOUT_MS = 5_000;
const TRANSACTION_KEY = 1;
const READ_COMMITTED = 1;
const FETCH_BYTES_MAX = 256 * 1024;

/** Asks for the coordinator first: that makes its topic. */
export async function initTransactions(client: Client, transactionalId: string, transactionTimeoutMs: number) {
  const request = { keyType: TRANSACTION_KEY, coordinatorKeys: [transactionalId] };
  const { errorCode } = only((await client.request(FindCoordinator, 4, request)).coordinators);
  if (errorCode !== errors.NONE.code) return { errorCode, producerId: -1, producerEpoch: -1 };
  return client.request(InitProducerId, 5, { transactionalId, transactionTimeoutMs });
}

/** Only the first generation asks for it. */
export async function addPartition(client: Client, producer: ProducerIdentity, place: Place) {
  const { resultsByTopicV3AndBelow } = await client.request(AddPartitionsToTxn, 3, {
    v3AndBelowTransactionalId: producer.transactionalId,
    v3AndBelowProducerId: producer.id,
    v3AndBelowProducerEpoch: producer.epoch,
    v3AndBelowTopics: [{ name: place.topic, partitions: [place.partition] }],
  });
  return only(only(resultsByTopicV3AndBelow).resultsByPartition).partitionErrorCode;
}

/** Only the first generation asks for it. */
export async function addOffsets(client: Client, producer: ProducerIdentity, groupId: string) {
  const { transactionalId, id: producerId, epoch: producerEpoch } = producer;
  return (await client.request(AddOffsetsToTxn, 3, { transactionalId, producerId, producerEpoch, groupId })).errorCode;
}

export async function produceInTransaction(
  client: Client,
  generation: Generation,
  { transactionalId }: ProducerIdentity,
  { topic: name, topicId, partition: index }: Place,
  records: Uint8Array,
) {
  const { responses } = await client.request(Produce, generation === "first" ? 11 : 13, {
    ...{ transactionalId, acks: -1, timeoutMs: TIMEOUT_MS },
    topicData: [{ name, topicId, partitionData: [{ index, records }] }],
  });
  return only(only(responses).partitionResponses);
}

export async function commitInTransaction(
  client: Client,
  generation: Generation,
  { transactionalId, id: producerId, epoch: producerEpoch }: ProducerIdentity,
  { groupId, place, offset: committedOffset, metadata: committedMetadata }: CommittedOffset,
): Promise<number> {
  const { topics } = await client.request(TxnOffsetCommit, generation === "first" ? 3 : 5, {
    ...{ transactionalId, groupId, producerId, producerEpoch },
    topics: [
      {
        name: place.topic,
        partitions: [{ partitionIndex: place.partition, committedOffset, committedMetadata }],
      },
    ],
  });
  return only(only(topics).partitions).errorCode;
}

/** The answer has the identity to go on with, in the second generation. */
export function endTransaction(
  client: Client,
  generation: Generation,
  { transactionalId, id: producerId, epoch: producerEpoch }: ProducerIdentity,
  committed: boolean,
) {
  const request = { transactionalId, producerId, producerEpoch, committed };
  return client.request(EndTxn, generation === "first" ? 3 : 5, request);
}

export async function transactionsIn(client: Client, states: readonly string[]) {
  return client.request(ListTransactions, 1, { stateFilters: states, producerIdFilters: [] });
}

export async function fetchCommitted(
  client: Client,
  { topicId, partition }: Place,
  fetchOffset: number,
  wait: { readonly minBytes: number; readonly maxWaitMs: number },
) {
  const { errorCode, responses } = await client.request(Fetch, 16, {
    ...{ ...wait, maxBytes: FETCH_BYTES_MAX, isolationLevel: READ_COMMITTED },
    topics: [{ topicId, partitions: [{ partition, fetchOffset, partitionMaxBytes: FETCH_BYTES_MAX }] }],
  });
  invariant(errorCode === 0, "a fetch without a session is taken");
  return only(only(responses).partitions);
}
