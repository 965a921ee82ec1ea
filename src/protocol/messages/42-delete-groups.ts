/**
 * DeleteGroups: deletes groups without members.
 *
 * 0  the first (KIP-229)
 * 1  the throttle is the client's to keep after the answer (KIP-219)
 * 2  flexible
 */
import { array, int16, int32, string } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const DeleteGroups = api({
  key: 42,
  name: "DeleteGroups",
  versions: "0-2",
  flexible: "2+",
  request: {
    groupsNames: array(string()),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    results: array({
      groupId: string(),
      errorCode: int16(),
    }),
  },
});
