/** Fetch version 18 by hand, as consumers use it. Tagged fields, which only followers and moving leaders send, are skipped. */
import type { Fetch } from "../../../src/protocol/messages/01-fetch.js";
import type { RequestOf, RequestToSend, ResponseOf, ResponseReceived } from "../../../src/protocol/schema/message.js";
import { ZERO_UUID } from "../../../src/protocol/wire/zero-uuid.js";
import * as input from "./input.js";
import * as out from "./output.js";

const NO_HIGH_WATERMARK = 9223372036854775807n;

export function decodeFetchRequest(bytes: Buffer): RequestOf<typeof Fetch> {
  const from = { bytes, at: 0 };
  const maxWaitMs = input.int32(from);
  const minBytes = input.int32(from);
  const maxBytes = input.int32(from);
  const isolationLevel = input.int8(from);
  const sessionId = input.int32(from);
  const sessionEpoch = input.int32(from);
  const topics = new Array(input.count(from));
  for (let i = 0; i < topics.length; i++) {
    const topicId = input.uuid(from);
    const partitions = new Array(input.count(from));
    for (let j = 0; j < partitions.length; j++) {
      const partition = input.int32(from);
      const currentLeaderEpoch = input.int32(from);
      const fetchOffset = input.int64(from);
      const lastFetchedEpoch = input.int32(from);
      const logStartOffset = input.int64(from);
      const partitionMaxBytes = input.int32(from);
      input.skipTags(from);
      partitions[j] = {
        partition,
        currentLeaderEpoch,
        fetchOffset,
        lastFetchedEpoch,
        logStartOffset,
        partitionMaxBytes,
        replicaDirectoryId: ZERO_UUID,
        highWatermark: NO_HIGH_WATERMARK,
      };
    }
    input.skipTags(from);
    topics[i] = { topic: "", topicId, partitions };
  }
  const forgottenTopicsData = new Array(input.count(from));
  for (let i = 0; i < forgottenTopicsData.length; i++) {
    const topicId = input.uuid(from);
    forgottenTopicsData[i] = { topic: "", topicId, partitions: input.int32s(from) };
    input.skipTags(from);
  }
  const rackId = input.text(from);
  input.skipTags(from);
  return {
    clusterId: null,
    replicaId: -1,
    replicaState: { replicaId: -1, replicaEpoch: -1 },
    maxWaitMs,
    minBytes,
    maxBytes,
    isolationLevel,
    sessionId,
    sessionEpoch,
    topics,
    forgottenTopicsData,
    rackId,
  };
}

export function encodeFetchRequest(request: RequestToSend<typeof Fetch>): Buffer[] {
  const { topics, forgottenTopicsData = [], rackId = "" } = request;
  let bytesMax = 64 + out.textBytesMax(rackId);
  for (const { partitions } of topics) bytesMax += 32 + partitions.length * 40;
  for (const { partitions } of forgottenTopicsData) bytesMax += 32 + partitions.length * 4;
  const to = out.output(bytesMax);
  out.putInt32(to, request.maxWaitMs);
  out.putInt32(to, request.minBytes);
  out.putInt32(to, request.maxBytes ?? 2147483647);
  out.putInt8(to, request.isolationLevel ?? 0);
  out.putInt32(to, request.sessionId ?? 0);
  out.putInt32(to, request.sessionEpoch ?? -1);
  out.putCount(to, topics);
  for (const { topicId = ZERO_UUID, partitions } of topics) {
    out.putUuid(to, topicId);
    out.putCount(to, partitions);
    for (const partition of partitions) {
      out.putInt32(to, partition.partition);
      out.putInt32(to, partition.currentLeaderEpoch ?? -1);
      out.putInt64(to, partition.fetchOffset);
      out.putInt32(to, partition.lastFetchedEpoch ?? -1);
      out.putInt64(to, partition.logStartOffset ?? -1);
      out.putInt32(to, partition.partitionMaxBytes);
      out.putNoTags(to);
    }
    out.putNoTags(to);
  }
  out.putCount(to, forgottenTopicsData);
  for (const { topicId = ZERO_UUID, partitions } of forgottenTopicsData) {
    out.putUuid(to, topicId);
    out.putInt32s(to, partitions);
    out.putNoTags(to);
  }
  out.putText(to, rackId);
  out.putNoTags(to);
  return [out.writtenTo(to)];
}

export function decodeFetchResponse(bytes: Buffer): ResponseReceived<typeof Fetch> {
  const from = { bytes, at: 0 };
  const throttleTimeMs = input.int32(from);
  const errorCode = input.int16(from);
  const sessionId = input.int32(from);
  const responses = new Array(input.count(from));
  for (let i = 0; i < responses.length; i++) {
    const topicId = input.uuid(from);
    const partitions = new Array(input.count(from));
    for (let j = 0; j < partitions.length; j++) partitions[j] = decodeFetchedPartition(from);
    input.skipTags(from);
    responses[i] = { topic: "", topicId, partitions };
  }
  input.skipTags(from);
  return { throttleTimeMs, errorCode, sessionId, responses, nodeEndpoints: [] };
}

function decodeFetchedPartition(from: input.Input) {
  const partitionIndex = input.int32(from);
  const errorCode = input.int16(from);
  const highWatermark = input.int64(from);
  const lastStableOffset = input.int64(from);
  const logStartOffset = input.int64(from);
  const aborted = input.count(from);
  const abortedTransactions = aborted < 0 ? null : new Array(aborted);
  for (let i = 0; i < aborted; i++) {
    const producerId = input.int64(from);
    if (abortedTransactions !== null) abortedTransactions[i] = { producerId, firstOffset: input.int64(from) };
    input.skipTags(from);
  }
  const preferredReadReplica = input.int32(from);
  const records = input.bytes(from);
  input.skipTags(from);
  return {
    partitionIndex,
    errorCode,
    highWatermark,
    lastStableOffset,
    logStartOffset,
    divergingEpoch: { epoch: -1, endOffset: -1 },
    currentLeader: { leaderId: -1, leaderEpoch: -1 },
    snapshotId: { endOffset: -1, epoch: -1 },
    abortedTransactions,
    preferredReadReplica,
    records,
  };
}

/** Records are lent. */
export function encodeFetchResponse({
  throttleTimeMs = 0,
  errorCode,
  sessionId = 0,
  responses,
}: ResponseOf<typeof Fetch>): Buffer[] {
  let bytesMax = 32;
  for (const { partitions } of responses) {
    bytesMax += 32;
    for (const { abortedTransactions } of partitions) bytesMax += 56 + (abortedTransactions?.length ?? 0) * 17;
  }
  const to = out.output(bytesMax);
  const chunks: Buffer[] = [];
  let begin = 0;
  out.putInt32(to, throttleTimeMs);
  out.putInt16(to, errorCode);
  out.putInt32(to, sessionId);
  out.putCount(to, responses);
  for (const { topicId, partitions } of responses) {
    out.putUuid(to, topicId);
    out.putCount(to, partitions);
    for (const partition of partitions) {
      const batch = partition.records as Buffer;
      out.putInt32(to, partition.partitionIndex);
      out.putInt16(to, partition.errorCode);
      out.putInt64(to, partition.highWatermark);
      out.putInt64(to, partition.lastStableOffset ?? -1);
      out.putInt64(to, partition.logStartOffset ?? -1);
      putAborted(to, partition.abortedTransactions);
      out.putInt32(to, partition.preferredReadReplica ?? -1);
      out.putUnsignedVarint(to, batch.length + 1);
      chunks.push(to.bytes.subarray(begin, to.at), batch);
      begin = to.at;
      out.putNoTags(to);
    }
    out.putNoTags(to);
  }
  out.putNoTags(to);
  chunks.push(to.bytes.subarray(begin, to.at));
  return chunks;
}

function putAborted(to: out.Output, aborted: readonly { producerId: number; firstOffset: number }[] | null): void {
  out.putUnsignedVarint(to, aborted === null ? 0 : aborted.length + 1);
  for (const { producerId, firstOffset } of aborted ?? []) {
    out.putInt64(to, producerId);
    out.putInt64(to, firstOffset);
    out.putNoTags(to);
  }
}
