/** The response of Metadata version 13 by hand. */
import type { Metadata } from "../../../src/protocol/messages/03-metadata.js";
import type { ResponseOf, ResponseReceived } from "../../../src/protocol/schema/message.js";
import * as input from "./input.js";
import * as out from "./output.js";

export function decodeMetadataResponse(bytes: Buffer): ResponseReceived<typeof Metadata> {
  const from = { bytes, at: 0 };
  const throttleTimeMs = input.int32(from);
  const brokers = new Array(input.count(from));
  for (let i = 0; i < brokers.length; i++) {
    const nodeId = input.int32(from);
    const host = input.text(from);
    const port = input.int32(from);
    brokers[i] = { nodeId, host, port, rack: input.nullableText(from) };
    input.skipTags(from);
  }
  const clusterId = input.nullableText(from);
  const controllerId = input.int32(from);
  const topics = new Array(input.count(from));
  for (let i = 0; i < topics.length; i++) topics[i] = decodeTopic(from);
  const errorCode = input.int16(from);
  input.skipTags(from);
  return {
    throttleTimeMs,
    brokers,
    clusterId,
    controllerId,
    topics,
    clusterAuthorizedOperations: -2147483648,
    errorCode,
  };
}

function decodeTopic(from: input.Input) {
  const errorCode = input.int16(from);
  const name = input.nullableText(from);
  const topicId = input.uuid(from);
  const isInternal = input.int8(from) !== 0;
  const partitions = new Array(input.count(from));
  for (let i = 0; i < partitions.length; i++) partitions[i] = decodePartition(from);
  const topicAuthorizedOperations = input.int32(from);
  input.skipTags(from);
  return { errorCode, name, topicId, isInternal, partitions, topicAuthorizedOperations };
}

function decodePartition(from: input.Input) {
  const errorCode = input.int16(from);
  const partitionIndex = input.int32(from);
  const leaderId = input.int32(from);
  const leaderEpoch = input.int32(from);
  const replicaNodes = input.int32s(from);
  const isrNodes = input.int32s(from);
  const offlineReplicas = input.int32s(from);
  input.skipTags(from);
  return { errorCode, partitionIndex, leaderId, leaderEpoch, replicaNodes, isrNodes, offlineReplicas };
}

export function encodeMetadataResponse(response: ResponseOf<typeof Metadata>): Buffer[] {
  const { brokers, topics, clusterId = null } = response;
  const to = out.output(bytesMaxOf(response));
  out.putInt32(to, response.throttleTimeMs ?? 0);
  out.putCount(to, brokers);
  for (const { nodeId, host, port, rack = null } of brokers) {
    out.putInt32(to, nodeId);
    out.putText(to, host);
    out.putInt32(to, port);
    out.putNullableText(to, rack);
    out.putNoTags(to);
  }
  out.putNullableText(to, clusterId);
  out.putInt32(to, response.controllerId ?? -1);
  out.putCount(to, topics);
  for (const topic of topics) {
    out.putInt16(to, topic.errorCode);
    out.putNullableText(to, topic.name);
    out.putUuid(to, topic.topicId);
    out.putInt8(to, topic.isInternal ? 1 : 0);
    out.putCount(to, topic.partitions);
    for (const partition of topic.partitions) {
      out.putInt16(to, partition.errorCode);
      out.putInt32(to, partition.partitionIndex);
      out.putInt32(to, partition.leaderId);
      out.putInt32(to, partition.leaderEpoch ?? -1);
      out.putInt32s(to, partition.replicaNodes);
      out.putInt32s(to, partition.isrNodes);
      out.putInt32s(to, partition.offlineReplicas);
      out.putNoTags(to);
    }
    out.putInt32(to, topic.topicAuthorizedOperations ?? -2147483648);
    out.putNoTags(to);
  }
  out.putInt16(to, response.errorCode);
  out.putNoTags(to);
  return [out.writtenTo(to)];
}

function bytesMaxOf({ brokers, topics, clusterId = null }: ResponseOf<typeof Metadata>): number {
  let bytesMax = 32 + out.textBytesMax(clusterId);
  for (const { host, rack = null } of brokers) bytesMax += 16 + out.textBytesMax(host) + out.textBytesMax(rack);
  for (const { name, partitions } of topics) {
    bytesMax += 40 + out.textBytesMax(name);
    for (const { replicaNodes, isrNodes, offlineReplicas } of partitions) {
      bytesMax += 32 + 4 * (replicaNodes.length + isrNodes.length + offlineReplicas.length);
    }
  }
  return bytesMax;
}
