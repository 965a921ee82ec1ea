/** The request of Heartbeat version 4, and the responses of JoinGroup version 9 and FindCoordinator version 6, by hand. */
import type { FindCoordinator } from "../../../src/protocol/messages/10-find-coordinator.js";
import type { JoinGroup } from "../../../src/protocol/messages/11-join-group.js";
import type { Heartbeat } from "../../../src/protocol/messages/12-heartbeat.js";
import type { RequestOf, RequestToSend, ResponseOf, ResponseReceived } from "../../../src/protocol/schema/message.js";
import * as input from "./input.js";
import * as out from "./output.js";

export function decodeHeartbeatRequest(bytes: Buffer): RequestOf<typeof Heartbeat> {
  const from = { bytes, at: 0 };
  const groupId = input.text(from);
  const generationId = input.int32(from);
  const memberId = input.text(from);
  const groupInstanceId = input.nullableText(from);
  input.skipTags(from);
  return { groupId, generationId, memberId, groupInstanceId };
}

export function encodeHeartbeatRequest({
  groupId,
  generationId,
  memberId,
  groupInstanceId = null,
}: RequestToSend<typeof Heartbeat>): Buffer[] {
  const texts = out.textBytesMax(groupId) + out.textBytesMax(memberId) + out.textBytesMax(groupInstanceId);
  const to = out.output(8 + texts);
  out.putText(to, groupId);
  out.putInt32(to, generationId);
  out.putText(to, memberId);
  out.putNullableText(to, groupInstanceId);
  out.putNoTags(to);
  return [out.writtenTo(to)];
}

export function decodeJoinGroupResponse(bytes: Buffer): ResponseReceived<typeof JoinGroup> {
  const from = { bytes, at: 0 };
  const throttleTimeMs = input.int32(from);
  const errorCode = input.int16(from);
  const generationId = input.int32(from);
  const protocolType = input.nullableText(from);
  const protocolName = input.nullableText(from);
  const leader = input.text(from);
  const skipAssignment = input.int8(from) !== 0;
  const memberId = input.text(from);
  const members = new Array(input.count(from));
  for (let i = 0; i < members.length; i++) {
    const member = input.text(from);
    const groupInstanceId = input.nullableText(from);
    members[i] = { memberId: member, groupInstanceId, metadata: input.bytes(from) };
    input.skipTags(from);
  }
  input.skipTags(from);
  return {
    throttleTimeMs,
    errorCode,
    generationId,
    protocolType,
    protocolName,
    leader,
    skipAssignment,
    memberId,
    members,
  };
}

export function encodeJoinGroupResponse(response: ResponseOf<typeof JoinGroup>): Buffer[] {
  const { protocolType = null, protocolName, leader, memberId, members } = response;
  let bytesMax = 24;
  for (const text of [protocolType, protocolName, leader, memberId]) bytesMax += out.textBytesMax(text);
  for (const { memberId: member, groupInstanceId = null, metadata } of members) {
    bytesMax += 8 + out.textBytesMax(member) + out.textBytesMax(groupInstanceId) + metadata.length;
  }
  const to = out.output(bytesMax);
  out.putInt32(to, response.throttleTimeMs ?? 0);
  out.putInt16(to, response.errorCode);
  out.putInt32(to, response.generationId ?? -1);
  out.putNullableText(to, protocolType);
  out.putNullableText(to, protocolName);
  out.putText(to, leader);
  out.putInt8(to, response.skipAssignment === true ? 1 : 0);
  out.putText(to, memberId);
  out.putCount(to, members);
  for (const { memberId: member, groupInstanceId = null, metadata } of members) {
    out.putText(to, member);
    out.putNullableText(to, groupInstanceId);
    out.putBytes(to, metadata);
    out.putNoTags(to);
  }
  out.putNoTags(to);
  return [out.writtenTo(to)];
}

export function decodeFindCoordinatorResponse(bytes: Buffer): ResponseReceived<typeof FindCoordinator> {
  const from = { bytes, at: 0 };
  const throttleTimeMs = input.int32(from);
  const coordinators = new Array(input.count(from));
  for (let i = 0; i < coordinators.length; i++) {
    const key = input.text(from);
    const nodeId = input.int32(from);
    const host = input.text(from);
    const port = input.int32(from);
    const errorCode = input.int16(from);
    coordinators[i] = { key, nodeId, host, port, errorCode, errorMessage: input.nullableText(from) };
    input.skipTags(from);
  }
  input.skipTags(from);
  return { throttleTimeMs, errorCode: 0, errorMessage: null, nodeId: 0, host: "", port: 0, coordinators };
}

export function encodeFindCoordinatorResponse({
  throttleTimeMs = 0,
  coordinators = [],
}: ResponseOf<typeof FindCoordinator>): Buffer[] {
  let bytesMax = 16;
  for (const { key, host, errorMessage = null } of coordinators) {
    bytesMax += 24 + out.textBytesMax(key) + out.textBytesMax(host) + out.textBytesMax(errorMessage);
  }
  const to = out.output(bytesMax);
  out.putInt32(to, throttleTimeMs);
  out.putCount(to, coordinators);
  for (const { key, nodeId, host, port, errorCode, errorMessage = null } of coordinators) {
    out.putText(to, key);
    out.putInt32(to, nodeId);
    out.putText(to, host);
    out.putInt32(to, port);
    out.putInt16(to, errorCode);
    out.putNullableText(to, errorMessage);
    out.putNoTags(to);
  }
  out.putNoTags(to);
  return [out.writtenTo(to)];
}
