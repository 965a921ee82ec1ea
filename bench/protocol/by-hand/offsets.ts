/** The request of OffsetCommit version 10 and the response of OffsetFetch version 10 by hand. */
import type { OffsetCommit } from "../../../src/protocol/messages/08-offset-commit.js";
import type { OffsetFetch } from "../../../src/protocol/messages/09-offset-fetch.js";
import type { RequestOf, RequestToSend, ResponseOf, ResponseReceived } from "../../../src/protocol/schema/message.js";
import { ZERO_UUID } from "../../../src/protocol/wire/zero-uuid.js";
import * as input from "./input.js";
import * as out from "./output.js";

export function decodeOffsetCommitRequest(bytes: Buffer): RequestOf<typeof OffsetCommit> {
  const from = { bytes, at: 0 };
  const groupId = input.text(from);
  const generationIdOrMemberEpoch = input.int32(from);
  const memberId = input.text(from);
  const groupInstanceId = input.nullableText(from);
  const topics = new Array(input.count(from));
  for (let i = 0; i < topics.length; i++) {
    const topicId = input.uuid(from);
    const partitions = new Array(input.count(from));
    for (let j = 0; j < partitions.length; j++) {
      const partitionIndex = input.int32(from);
      const committedOffset = input.int64(from);
      const committedLeaderEpoch = input.int32(from);
      const committedMetadata = input.nullableText(from);
      input.skipTags(from);
      partitions[j] = { partitionIndex, committedOffset, committedLeaderEpoch, commitTimestamp: -1, committedMetadata };
    }
    input.skipTags(from);
    topics[i] = { name: "", topicId, partitions };
  }
  input.skipTags(from);
  return { groupId, generationIdOrMemberEpoch, memberId, groupInstanceId, retentionTimeMs: -1, topics };
}

export function encodeOffsetCommitRequest(request: RequestToSend<typeof OffsetCommit>): Buffer[] {
  const { groupId, memberId = "", groupInstanceId = null, topics } = request;
  let bytesMax = 16 + out.textBytesMax(groupId) + out.textBytesMax(memberId) + out.textBytesMax(groupInstanceId);
  for (const { partitions } of topics) {
    bytesMax += 32;
    for (const { committedMetadata } of partitions) bytesMax += 24 + out.textBytesMax(committedMetadata);
  }
  const to = out.output(bytesMax);
  out.putText(to, groupId);
  out.putInt32(to, request.generationIdOrMemberEpoch ?? -1);
  out.putText(to, memberId);
  out.putNullableText(to, groupInstanceId);
  out.putCount(to, topics);
  for (const { topicId = ZERO_UUID, partitions } of topics) {
    out.putUuid(to, topicId);
    out.putCount(to, partitions);
    for (const { partitionIndex, committedOffset, committedLeaderEpoch = -1, committedMetadata } of partitions) {
      out.putInt32(to, partitionIndex);
      out.putInt64(to, committedOffset);
      out.putInt32(to, committedLeaderEpoch);
      out.putNullableText(to, committedMetadata);
      out.putNoTags(to);
    }
    out.putNoTags(to);
  }
  out.putNoTags(to);
  return [out.writtenTo(to)];
}

export function decodeOffsetFetchResponse(bytes: Buffer): ResponseReceived<typeof OffsetFetch> {
  const from = { bytes, at: 0 };
  const throttleTimeMs = input.int32(from);
  const groups = new Array(input.count(from));
  for (let i = 0; i < groups.length; i++) {
    const groupId = input.text(from);
    const topics = new Array(input.count(from));
    for (let j = 0; j < topics.length; j++) topics[j] = decodeTopic(from);
    groups[i] = { groupId, topics, errorCode: input.int16(from) };
    input.skipTags(from);
  }
  input.skipTags(from);
  return { throttleTimeMs, topics: [], errorCode: 0, groups };
}

function decodeTopic(from: input.Input) {
  const topicId = input.uuid(from);
  const partitions = new Array(input.count(from));
  for (let i = 0; i < partitions.length; i++) {
    const partitionIndex = input.int32(from);
    const committedOffset = input.int64(from);
    const committedLeaderEpoch = input.int32(from);
    const metadata = input.nullableText(from);
    const errorCode = input.int16(from);
    input.skipTags(from);
    partitions[i] = { partitionIndex, committedOffset, committedLeaderEpoch, metadata, errorCode };
  }
  input.skipTags(from);
  return { name: "", topicId, partitions };
}

export function encodeOffsetFetchResponse({
  throttleTimeMs = 0,
  groups = [],
}: ResponseOf<typeof OffsetFetch>): Buffer[] {
  let bytesMax = 16;
  for (const { groupId, topics } of groups) {
    bytesMax += 16 + out.textBytesMax(groupId);
    for (const { partitions } of topics) {
      bytesMax += 32;
      for (const { metadata } of partitions) bytesMax += 24 + out.textBytesMax(metadata);
    }
  }
  const to = out.output(bytesMax);
  out.putInt32(to, throttleTimeMs);
  out.putCount(to, groups);
  for (const { groupId, topics, errorCode = 0 } of groups) {
    out.putText(to, groupId);
    out.putCount(to, topics);
    for (const { topicId, partitions } of topics) {
      out.putUuid(to, topicId);
      out.putCount(to, partitions);
      for (const partition of partitions) {
        out.putInt32(to, partition.partitionIndex);
        out.putInt64(to, partition.committedOffset);
        out.putInt32(to, partition.committedLeaderEpoch ?? -1);
        out.putNullableText(to, partition.metadata);
        out.putInt16(to, partition.errorCode);
        out.putNoTags(to);
      }
      out.putNoTags(to);
    }
    out.putInt16(to, errorCode);
    out.putNoTags(to);
  }
  out.putNoTags(to);
  return [out.writtenTo(to)];
}
