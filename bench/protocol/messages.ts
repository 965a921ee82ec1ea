/** The ten messages that a broker meets most, in sizes of every day, each with its codec written by hand. */

import { Produce } from "../../src/protocol/messages/00-produce.js";
import { Fetch } from "../../src/protocol/messages/01-fetch.js";
import { Metadata } from "../../src/protocol/messages/03-metadata.js";
import { OffsetCommit } from "../../src/protocol/messages/08-offset-commit.js";
import { OffsetFetch } from "../../src/protocol/messages/09-offset-fetch.js";
import { FindCoordinator } from "../../src/protocol/messages/10-find-coordinator.js";
import { JoinGroup } from "../../src/protocol/messages/11-join-group.js";
import { Heartbeat } from "../../src/protocol/messages/12-heartbeat.js";
import { decode, writeMessage } from "../../src/protocol/schema/codec.js";
import type { DecodedOf, EncodableOf, Message } from "../../src/protocol/schema/message.js";
import { Writer } from "../../src/protocol/wire/writer.js";
import * as fetch from "./by-hand/fetch.js";
import * as groups from "./by-hand/groups.js";
import { decodeMetadataResponse, encodeMetadataResponse } from "./by-hand/metadata.js";
import * as offsets from "./by-hand/offsets.js";
import * as produce from "./by-hand/produce.js";

/** One codec of a message. */
interface Codec {
  encode(): readonly Uint8Array[];
  decode(): unknown;
}

export interface HotMessage {
  readonly name: string;
  readonly bytes: number;
  readonly compiled: Codec;
  readonly byHand: Codec;
}

const topicIds = [
  "0bq3Q7yoRkWAqrMSN3JbMg",
  "r4yRp0kUT3q0lbmTyUDd8Q",
  "p8lJ9Jj1S0mZgh3iYcWp3A",
  "Yb7w9pA2Q5iS4hVfVZ1w2g",
];
const memberIds = range(8, (at) => `orders-service-${at}-5e0c1a34-8c1f-4a0a-9d5b-6f1b6a7e9c0${at}`);
const batch = Buffer.alloc(1024, 7);

export const hotMessages: readonly HotMessage[] = [
  hot(Produce.request, 13, produce.decodeProduceRequest, produce.encodeProduceRequest, {
    acks: -1,
    timeoutMs: 30_000,
    topicData: [
      { topicId: topicId(0), partitionData: range(3, (index) => ({ index, records: batch })) },
      { topicId: topicId(1), partitionData: range(3, (index) => ({ index, records: batch })) },
    ],
  }),
  hot(Produce.response, 13, produce.decodeProduceResponse, produce.encodeProduceResponse, {
    responses: range(2, (at) => ({
      ...{ name: "", topicId: topicId(at) },
      partitionResponses: range(3, (index) => ({
        index,
        errorCode: 0,
        baseOffset: 5_000_000_000 + index,
        logStartOffset: 0,
      })),
    })),
  }),
  hot(Fetch.request, 18, fetch.decodeFetchRequest, fetch.encodeFetchRequest, {
    ...{ maxWaitMs: 500, minBytes: 1, maxBytes: 52_428_800, sessionId: 731_004, sessionEpoch: 41 },
    topics: range(2, (at) => ({
      topicId: topicId(at),
      partitions: range(10, (partition) => {
        const fetchOffset = 5_000_000_000 + partition;
        return { partition, currentLeaderEpoch: 7, fetchOffset, partitionMaxBytes: 1_048_576 };
      }),
    })),
  }),
  hot(Fetch.response, 18, fetch.decodeFetchResponse, fetch.encodeFetchResponse, {
    ...{ errorCode: 0, sessionId: 731_004 },
    responses: range(2, (at) => ({
      ...{ topic: "", topicId: topicId(at) },
      partitions: range(5, (partitionIndex) => ({
        ...{ partitionIndex, errorCode: 0, highWatermark: 5_000_000_100, lastStableOffset: 5_000_000_100 },
        ...{ logStartOffset: 0, abortedTransactions: null, records: batch },
      })),
    })),
  }),
  hot(Metadata.response, 13, decodeMetadataResponse, encodeMetadataResponse, {
    brokers: range(3, (nodeId) => ({ nodeId, host: `kafka-${nodeId}.example.org`, port: 9092 })),
    ...{ clusterId: "5L6g3nShT-eMCtK--X86sw", controllerId: 1, errorCode: 0 },
    topics: range(4, (at) => ({
      ...{ errorCode: 0, name: `orders.${at}.v1`, topicId: topicId(at), isInternal: false },
      partitions: range(12, (partitionIndex) => ({
        ...{ errorCode: 0, partitionIndex, leaderId: partitionIndex % 3, leaderEpoch: 7 },
        ...{ replicaNodes: [0, 1, 2], isrNodes: [0, 1, 2], offlineReplicas: [] },
      })),
    })),
  }),
  hot(OffsetCommit.request, 10, offsets.decodeOffsetCommitRequest, offsets.encodeOffsetCommitRequest, {
    ...{ groupId: "orders-service", generationIdOrMemberEpoch: 12, memberId: memberId(0) },
    topics: range(2, (at) => ({
      topicId: topicId(at),
      partitions: range(6, (partitionIndex) => {
        const committedOffset = 5_000_000_000 + partitionIndex;
        return { partitionIndex, committedOffset, committedLeaderEpoch: 7, committedMetadata: "" };
      }),
    })),
  }),
  hot(OffsetFetch.response, 10, offsets.decodeOffsetFetchResponse, offsets.encodeOffsetFetchResponse, {
    groups: [
      {
        groupId: "orders-service",
        topics: range(2, (at) => ({
          ...{ name: "", topicId: topicId(at) },
          partitions: range(6, (partitionIndex) => {
            const committedOffset = 5_000_000_000 + partitionIndex;
            return { partitionIndex, committedOffset, committedLeaderEpoch: 7, metadata: "", errorCode: 0 };
          }),
        })),
      },
    ],
  }),
  hot(Heartbeat.request, 4, groups.decodeHeartbeatRequest, groups.encodeHeartbeatRequest, {
    ...{ groupId: "orders-service", generationId: 12, memberId: memberId(0) },
  }),
  hot(JoinGroup.response, 9, groups.decodeJoinGroupResponse, groups.encodeJoinGroupResponse, {
    ...{ errorCode: 0, generationId: 12, protocolType: "consumer", protocolName: "range" },
    ...{ leader: memberId(0), memberId: memberId(0) },
    members: memberIds.map((memberId) => ({ memberId, metadata: Buffer.alloc(60, 1) })),
  }),
  hot(FindCoordinator.response, 6, groups.decodeFindCoordinatorResponse, groups.encodeFindCoordinatorResponse, {
    coordinators: [{ key: "orders-service", nodeId: 1, host: "kafka-1.example.org", port: 9092, errorCode: 0 }],
  }),
];

function hot<M extends Message>(
  message: M,
  version: number,
  decodeByHand: (bytes: Buffer) => DecodedOf<M>,
  encodeByHand: (value: EncodableOf<M>) => readonly Buffer[],
  value: EncodableOf<M>,
): HotMessage {
  const bytes = Buffer.concat(encodeByHand(value));
  return {
    name: `${message.name} ${version}`,
    bytes: bytes.length,
    compiled: {
      encode: () => {
        const writer = new Writer();
        writeMessage(message, version, value, writer);
        return writer.chunks();
      },
      decode: () => {
        const decoded = decode(message, version, bytes);
        if (!decoded.ok) throw new Error(decoded.malformed);
        return decoded.value;
      },
    },
    byHand: { encode: () => encodeByHand(value), decode: () => decodeByHand(bytes) },
  };
}

function range<T>(length: number, of: (at: number) => T): T[] {
  return Array.from({ length }, (_, at) => of(at));
}

function topicId(at: number): string {
  return topicIds[at] ?? "";
}

function memberId(at: number): string {
  return memberIds[at] ?? "";
}
