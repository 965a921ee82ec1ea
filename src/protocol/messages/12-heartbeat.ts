/**
 * Heartbeat: a member of a classic group is alive.
 *
 * 0  the first
 * 1  response: throttle time
 * 2  the throttle is the client's to keep after the answer (KIP-219)
 * 3  static members (KIP-345)
 * 4  flexible
 */
import { int16, int32, string } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const Heartbeat = api({
  key: 12,
  name: "Heartbeat",
  versions: "0-4",
  flexible: "4+",
  request: {
    groupId: string(),
    generationId: int32(),
    memberId: string(),
    groupInstanceId: string({ versions: "3+", nullable: "3+", default: null }),
  },
  response: {
    throttleTimeMs: int32({ versions: "1+", default: 0, ignorable: true }),
    errorCode: int16(),
  },
});
