/** Produce version 13 by hand. Tagged fields, which neither a healthy leader nor a client sends, are skipped. */
import type { Produce } from "../../../src/protocol/messages/00-produce.js";
import type { RequestOf, RequestToSend, ResponseOf, ResponseReceived } from "../../../src/protocol/schema/message.js";
import * as input from "./input.js";
import * as out from "./output.js";

type Partition = RequestOf<typeof Produce>["topicData"][number]["partitionData"][number];

export function decodeProduceRequest(bytes: Buffer): RequestOf<typeof Produce> {
  const from = { bytes, at: 0 };
  const transactionalId = input.nullableText(from);
  const acks = input.int16(from);
  const timeoutMs = input.int32(from);
  const topicData = new Array(input.count(from));
  for (let i = 0; i < topicData.length; i++) {
    const topicId = input.uuid(from);
    const partitionData = new Array<Partition>(input.count(from));
    for (let j = 0; j < partitionData.length; j++) {
      const index = input.int32(from);
      partitionData[j] = { index, records: input.bytes(from) };
      input.skipTags(from);
    }
    input.skipTags(from);
    topicData[i] = { name: "", topicId, partitionData };
  }
  input.skipTags(from);
  return { transactionalId, acks, timeoutMs, topicData };
}

/** Records are lent. */
export function encodeProduceRequest({
  transactionalId = null,
  acks,
  timeoutMs,
  topicData,
}: RequestToSend<typeof Produce>): Buffer[] {
  const partitions = topicData.reduce((sum, topic) => sum + topic.partitionData.length, 0);
  const to = out.output(32 + out.textBytesMax(transactionalId) + topicData.length * 32 + partitions * 16);
  const chunks: Buffer[] = [];
  let begin = 0;
  out.putNullableText(to, transactionalId);
  out.putInt16(to, acks);
  out.putInt32(to, timeoutMs);
  out.putCount(to, topicData);
  for (const { topicId = "", partitionData } of topicData) {
    out.putUuid(to, topicId);
    out.putCount(to, partitionData);
    for (const { index, records } of partitionData) {
      const batch = records as Buffer;
      out.putInt32(to, index);
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

export function decodeProduceResponse(bytes: Buffer): ResponseReceived<typeof Produce> {
  const from = { bytes, at: 0 };
  const responses = new Array(input.count(from));
  for (let i = 0; i < responses.length; i++) {
    const topicId = input.uuid(from);
    const partitionResponses = new Array(input.count(from));
    for (let j = 0; j < partitionResponses.length; j++) {
      const index = input.int32(from);
      const errorCode = input.int16(from);
      const baseOffset = input.int64(from);
      const logAppendTimeMs = input.int64(from);
      const logStartOffset = input.int64(from);
      const recordErrors = new Array(input.count(from));
      for (let k = 0; k < recordErrors.length; k++) {
        const batchIndex = input.int32(from);
        recordErrors[k] = { batchIndex, batchIndexErrorMessage: input.nullableText(from) };
        input.skipTags(from);
      }
      const errorMessage = input.nullableText(from);
      const currentLeader = { leaderId: -1, leaderEpoch: -1 };
      input.skipTags(from);
      partitionResponses[j] = {
        index,
        errorCode,
        baseOffset,
        logAppendTimeMs,
        logStartOffset,
        recordErrors,
        errorMessage,
        currentLeader,
      };
    }
    input.skipTags(from);
    responses[i] = { name: "", topicId, partitionResponses };
  }
  const throttleTimeMs = input.int32(from);
  input.skipTags(from);
  return { responses, throttleTimeMs, nodeEndpoints: [] };
}

export function encodeProduceResponse({ responses, throttleTimeMs = 0 }: ResponseOf<typeof Produce>): Buffer[] {
  let bytesMax = 16;
  for (const { partitionResponses } of responses) {
    bytesMax += 32;
    for (const { recordErrors = [], errorMessage = null } of partitionResponses) {
      bytesMax += 48 + out.textBytesMax(errorMessage);
      for (const { batchIndexErrorMessage = null } of recordErrors)
        bytesMax += 8 + out.textBytesMax(batchIndexErrorMessage);
    }
  }
  const to = out.output(bytesMax);
  out.putCount(to, responses);
  for (const { topicId, partitionResponses } of responses) {
    out.putUuid(to, topicId);
    out.putCount(to, partitionResponses);
    for (const partition of partitionResponses) {
      const { recordErrors = [] } = partition;
      out.putInt32(to, partition.index);
      out.putInt16(to, partition.errorCode);
      out.putInt64(to, partition.baseOffset);
      out.putInt64(to, partition.logAppendTimeMs ?? -1);
      out.putInt64(to, partition.logStartOffset ?? -1);
      out.putCount(to, recordErrors);
      for (const { batchIndex, batchIndexErrorMessage = null } of recordErrors) {
        out.putInt32(to, batchIndex);
        out.putNullableText(to, batchIndexErrorMessage);
        out.putNoTags(to);
      }
      out.putNullableText(to, partition.errorMessage ?? null);
      out.putNoTags(to);
    }
    out.putNoTags(to);
  }
  out.putInt32(to, throttleTimeMs);
  out.putNoTags(to);
  return [out.writtenTo(to)];
}
