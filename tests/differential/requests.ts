/** Requests that many scenarios send, with what does not matter filled in. */
import type { Produce } from "../../src/protocol/messages/00-produce.js";
import type { Fetch } from "../../src/protocol/messages/01-fetch.js";
import type { JoinGroup } from "../../src/protocol/messages/11-join-group.js";
import { type BatchToBuild, buildBatch } from "../../src/protocol/records/build-batch.js";
import type { RequestToSend } from "../../src/protocol/schema/message.js";

/** Every record of the scenarios is of this time, a millisecond apart. */
export const TIMESTAMP_MS = 1_700_000_000_000;

/** A batch of records whose values, and keys if wanted, are these texts. */
export function batchOf(values: readonly string[], more: Omit<BatchToBuild, "records"> = {}): Uint8Array {
  const records = values.map((value, index) => ({
    timestampMs: TIMESTAMP_MS + index,
    key: null,
    value: Buffer.from(value),
  }));
  return buildBatch({ ...more, records });
}

export function produceTo(
  topic: string,
  records: Uint8Array | null,
  more: { readonly acks?: number; readonly partition?: number; readonly topicId?: string } = {},
): RequestToSend<typeof Produce> {
  const partitionData = [{ index: more.partition ?? 0, records }];
  const topicId = more.topicId === undefined ? {} : { topicId: more.topicId };
  return { acks: more.acks ?? -1, timeoutMs: 5000, topicData: [{ name: topic, ...topicId, partitionData }] };
}

export interface FetchOptions {
  readonly topicId?: string;
  readonly partition?: number;
  readonly maxWaitMs?: number;
  readonly minBytes?: number;
  readonly maxBytes?: number;
  readonly partitionMaxBytes?: number;
  readonly currentLeaderEpoch?: number;
  readonly lastFetchedEpoch?: number;
}

export function fetchFrom(topic: string, fetchOffset: number, options: FetchOptions = {}): RequestToSend<typeof Fetch> {
  const { topicId, partition, maxWaitMs, minBytes, maxBytes, partitionMaxBytes, ...epochs } = options;
  const of = { partition: partition ?? 0, fetchOffset, partitionMaxBytes: partitionMaxBytes ?? 1_048_576, ...epochs };
  return {
    maxWaitMs: maxWaitMs ?? 100,
    minBytes: minBytes ?? 1,
    maxBytes: maxBytes ?? 52_428_800,
    topics: [{ topic, ...(topicId === undefined ? {} : { topicId }), partitions: [of] }],
  };
}

export interface JoinOptions {
  readonly memberId?: string;
  readonly groupInstanceId?: string | null;
  readonly protocols?: readonly string[];
  readonly protocolType?: string;
  readonly sessionTimeoutMs?: number;
  readonly rebalanceTimeoutMs?: number;
}

export function joinTo(groupId: string, options: JoinOptions = {}): RequestToSend<typeof JoinGroup> {
  const names = options.protocols ?? ["range"];
  return {
    groupId,
    sessionTimeoutMs: options.sessionTimeoutMs ?? 10_000,
    rebalanceTimeoutMs: options.rebalanceTimeoutMs ?? 5000,
    memberId: options.memberId ?? "",
    ...(options.groupInstanceId === undefined ? {} : { groupInstanceId: options.groupInstanceId }),
    protocolType: options.protocolType ?? "consumer",
    protocols: names.map((name) => ({ name, metadata: subscriptionTo("subscribed", name) })),
  };
}

/** ConsumerProtocolSubscription, version 0: one topic, and the name of the protocol as user data. */
export function subscriptionTo(topic: string, userData: string): Uint8Array {
  const bytes = Buffer.alloc(2 + 4 + 2 + topic.length + 4 + userData.length);
  bytes.writeInt32BE(1, 2);
  bytes.writeInt16BE(topic.length, 6);
  bytes.write(topic, 8);
  bytes.writeInt32BE(userData.length, 8 + topic.length);
  bytes.write(userData, 12 + topic.length);
  return bytes;
}

/** The frame of a request that no encoder would write: header version 1 or 2, then any body. */
export function frameOf(
  apiKey: number,
  apiVersion: number,
  body: Uint8Array,
  header: { readonly flexible: boolean } = { flexible: false },
): Uint8Array {
  const clientId = "diff";
  const head = Buffer.alloc(8 + 2 + clientId.length + (header.flexible ? 1 : 0));
  head.writeInt16BE(apiKey, 0);
  head.writeInt16BE(apiVersion, 2);
  head.writeInt32BE(1, 4);
  head.writeInt16BE(clientId.length, 8);
  head.write(clientId, 10);
  const size = Buffer.alloc(4);
  size.writeInt32BE(head.length + body.length);
  return Buffer.concat([size, head, body]);
}
