/**
 * LeaveGroup: members leave a classic group.
 *
 * 0  one member
 * 1  response: throttle time
 * 2  the throttle is the client's to keep after the answer (KIP-219)
 * 3  several members, also static ones by instance id (KIP-345)
 * 4  flexible
 * 5  the reason, for logs (KIP-800)
 */
import { array, int16, int32, string } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const LeaveGroup = api({
  key: 13,
  name: "LeaveGroup",
  versions: "0-5",
  flexible: "4+",
  request: {
    groupId: string(),
    memberId: string({ versions: "0-2", default: "" }),
    members: array(
      {
        memberId: string(),
        groupInstanceId: string({ nullable: "3+", default: null }),
        reason: string({ versions: "5+", nullable: "5+", default: null, ignorable: true }),
      },
      { versions: "3+", default: [] },
    ),
  },
  response: {
    throttleTimeMs: int32({ versions: "1+", default: 0, ignorable: true }),
    errorCode: int16(),
    members: array(
      {
        memberId: string(),
        groupInstanceId: string({ nullable: "3+" }),
        errorCode: int16(),
      },
      { versions: "3+" },
    ),
  },
});
