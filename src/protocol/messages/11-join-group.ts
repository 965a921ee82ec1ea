/**
 * JoinGroup: a member asks to take part in the next generation of a classic group.
 *
 * 0  the session timeout also bounds the rebalance
 * 1  a rebalance timeout of its own (KIP-62)
 * 2  response: throttle time
 * 3  the throttle is the client's to keep after the answer (KIP-219)
 * 4  a member without an id gets one with MEMBER_ID_REQUIRED and asks again (KIP-394)
 * 5  static members (KIP-345)
 * 6  flexible
 * 7  response: protocol type, and a protocol name that may be null (KIP-559)
 * 8  the reason, for logs (KIP-800)
 * 9  response: whether the leader may skip the assignment (KIP-814)
 */
import { array, bool, bytes, int16, int32, string } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const JoinGroup = api({
  key: 11,
  name: "JoinGroup",
  versions: "0-9",
  flexible: "6+",
  request: {
    groupId: string(),
    sessionTimeoutMs: int32(),
    rebalanceTimeoutMs: int32({ versions: "1+", default: -1, ignorable: true }),
    memberId: string(),
    groupInstanceId: string({ versions: "5+", nullable: "5+", default: null }),
    protocolType: string(),
    protocols: array({
      name: string(),
      metadata: bytes(),
    }),
    reason: string({ versions: "8+", nullable: "8+", default: null, ignorable: true }),
  },
  response: {
    throttleTimeMs: int32({ versions: "2+", default: 0, ignorable: true }),
    errorCode: int16(),
    generationId: int32({ default: -1 }),
    protocolType: string({ versions: "7+", nullable: "7+", default: null, ignorable: true }),
    protocolName: string({ nullable: "7+" }),
    leader: string(),
    skipAssignment: bool({ versions: "9+", default: false }),
    memberId: string(),
    members: array({
      memberId: string(),
      groupInstanceId: string({ versions: "5+", nullable: "5+", default: null, ignorable: true }),
      metadata: bytes(),
    }),
  },
});
