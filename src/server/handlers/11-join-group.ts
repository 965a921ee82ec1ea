import type { Broker } from "../../broker/broker.js";
import { withoutMapping } from "../../broker/reach.js";
import type { JoinGroupCall } from "../../groups/calls.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import { JoinGroup } from "../../protocol/messages/11-join-group.js";
import type { ResponseOf } from "../../protocol/schema/message.js";
import type { RequestContext } from "../context.js";
import { askCoordinator } from "../groups/group-coordinator.js";
import { handler } from "../handler.js";
import { whenThere } from "../when-there.js";

type JoinGroupResponse = ResponseOf<typeof JoinGroup>;

/** JoinGroup: a member of a classic group asks to take part in the next generation. Answered when that has begun. */
export const joinGroup = handler(JoinGroup, { from: 0, to: 9 }, (broker, request, context) => {
  const { groupId } = request;
  if (!context.authorize("Read", "Group", groupId)) return failed(errors.GROUP_AUTHORIZATION_FAILED.code, context);
  // Each field by its name: to spread an object and add to it costs more than the rest of a join.
  const call: JoinGroupCall = {
    groupId,
    sessionTimeoutMs: request.sessionTimeoutMs,
    rebalanceTimeoutMs: request.rebalanceTimeoutMs,
    memberId: request.memberId,
    groupInstanceId: request.groupInstanceId,
    protocolType: request.protocolType,
    protocols: request.protocols,
    reason: request.reason,
    apiVersion: context.apiVersion,
    clientId: context.clientId ?? "",
    clientHost: `/${withoutMapping(context.connection.remote.host)}`,
    freshUuid: request.memberId === "" ? freshUuid(broker) : "",
  };
  return whenThere(askCoordinator(broker, context, groupId, "joinGroup", call), (outcome) =>
    "reply" in outcome ? namedAsTheVersionWants(outcome.reply, context) : failed(outcome.errorCode, context),
  );
});

/** No protocol: an empty name up to version 6, none since (KIP-559). */
function namedAsTheVersionWants(response: JoinGroupResponse, { apiVersion }: RequestContext): JoinGroupResponse {
  const name = response.protocolName ?? "";
  const named = name === "" && apiVersion >= 7 ? null : name;
  return named === response.protocolName ? response : { ...response, protocolName: named };
}

function failed(errorCode: ErrorCode, context: RequestContext): JoinGroupResponse {
  return namedAsTheVersionWants({ errorCode, protocolName: "", leader: "", memberId: "", members: [] }, context);
}

/** A random UUID (version 4) as Java writes it, which is how member ids end. */
function freshUuid(broker: Broker): string {
  const bytes = Buffer.from(broker.environment.random.bytes(16));
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
