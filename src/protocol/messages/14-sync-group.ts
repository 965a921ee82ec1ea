/**
 * SyncGroup: the leader of a classic group hands in the assignment, every member receives its part.
 *
 * 0  the first
 * 1  response: throttle time
 * 2  the throttle is the client's to keep after the answer (KIP-219)
 * 3  static members (KIP-345)
 * 4  flexible
 * 5  protocol type and name in both directions, to be compared (KIP-559)
 */
import { array, bytes, int16, int32, string } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const SyncGroup = api({
  key: 14,
  name: "SyncGroup",
  versions: "0-5",
  flexible: "4+",
  request: {
    groupId: string(),
    generationId: int32(),
    memberId: string(),
    groupInstanceId: string({ versions: "3+", nullable: "3+", default: null }),
    protocolType: string({ versions: "5+", nullable: "5+", default: null, ignorable: true }),
    protocolName: string({ versions: "5+", nullable: "5+", default: null, ignorable: true }),
    assignments: array({
      memberId: string(),
      assignment: bytes(),
    }),
  },
  response: {
    throttleTimeMs: int32({ versions: "1+", default: 0, ignorable: true }),
    errorCode: int16(),
    protocolType: string({ versions: "5+", nullable: "5+", default: null, ignorable: true }),
    protocolName: string({ versions: "5+", nullable: "5+", default: null, ignorable: true }),
    assignment: bytes(),
  },
});
