import type { Broker } from "../../broker/broker.js";
import { withoutMapping } from "../../broker/reach.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import { JoinGroup } from "../../protocol/messages/11-join-group.js";
import type { ResponseOf } from "../../protocol/schema/message.js";
import type { RequestContext } from "../context.js";
import { askCoordinator } from "../group-coordinator.js";
import { handler } from "../handler.js";

type JoinGroupResponse = ResponseOf<typeof JoinGroup>;

/** JoinGroup: a member of a classic group asks to take part in the next generation. Answered when that has begun. */
export const joinGroup = handler(JoinGroup, { from: 0, to: 9 }, async (broker, request, context) => {
  const { groupId } = request;
  if (!context.authorize("Read", "Group", groupId)) return failed(errors.GROUP_AUTHORIZATION_FAILED.code, context);
  const outcome = await askCoordinator(broker, context, groupId, "joinGroup", {
    apiVersion: context.apiVersion,
    clientId: context.clientId ?? "",
    clientHost: `/${withoutMapping(context.connection.remote.host)}`,
    freshUuid: request.memberId === "" ? freshUuid(broker) : "",
    ...request,
  });
  return "reply" in outcome ? namedAsTheVersionWants(outcome.reply, context) : failed(outcome.errorCode, context);
});

/** No protocol: an empty name up to version 6, none since (KIP-559). */
function namedAsTheVersionWants(response: JoinGroupResponse, { apiVersion }: RequestContext): JoinGroupResponse {
  const name = response.protocolName ?? "";
  return { ...response, protocolName: name === "" && apiVersion >= 7 ? null : name };
}

function failed(errorCode: ErrorCode, context: RequestContext): JoinGroupResponse {
  return namedAsTheVersionWants({ errorCode, protocolName: "", leader: "", memberId: "", members: [] }, context);
}

/** A random UUID as Java writes it, which is how member ids end. */
function freshUuid(broker: Broker): string {
  const hex = [...broker.environment.random.bytes(16)].map((byte, i) => twoDigits(versionFour(byte, i))).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

function versionFour(byte: number, i: number): number {
  if (i === 6) return (byte & 0x0f) | 0x40;
  return i === 8 ? (byte & 0x3f) | 0x80 : byte;
}

function twoDigits(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}
