/**
 * DescribeGroups: state and members of classic groups.
 *
 * 0  the first
 * 1  response: throttle time
 * 2  the throttle is the client's to keep after the answer (KIP-219)
 * 3  authorised operations (KIP-430)
 * 4  response: static members (KIP-345)
 * 5  flexible
 * 6  GROUP_ID_NOT_FOUND and a message in place of a dead group (KIP-1043)
 */
import { array, bool, bytes, int16, int32, string } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const DescribeGroups = api({
  key: 15,
  name: "DescribeGroups",
  versions: "0-6",
  flexible: "5+",
  request: {
    groups: array(string()),
    includeAuthorizedOperations: bool({ versions: "3+", default: false }),
  },
  response: {
    throttleTimeMs: int32({ versions: "1+", default: 0, ignorable: true }),
    groups: array({
      errorCode: int16(),
      errorMessage: string({ versions: "6+", nullable: "6+", default: null }),
      groupId: string(),
      groupState: string(),
      protocolType: string(),
      protocolData: string(),
      members: array({
        memberId: string(),
        groupInstanceId: string({ versions: "4+", nullable: "4+", default: null, ignorable: true }),
        clientId: string(),
        clientHost: string(),
        memberMetadata: bytes(),
        memberAssignment: bytes(),
      }),
      authorizedOperations: int32({ versions: "3+", default: -2147483648 }),
    }),
  },
});
