/**
 * ListGroups: the groups of a broker.
 *
 * 0  the first
 * 1  response: throttle time
 * 2  the throttle is the client's to keep after the answer (KIP-219)
 * 3  flexible
 * 4  filter by state; response: state (KIP-518)
 * 5  filter by type; response: type (KIP-848)
 */
import { array, int16, int32, string } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const ListGroups = api({
  key: 16,
  name: "ListGroups",
  versions: "0-5",
  flexible: "3+",
  request: {
    statesFilter: array(string(), { versions: "4+", default: [] }),
    typesFilter: array(string(), { versions: "5+", default: [] }),
  },
  response: {
    throttleTimeMs: int32({ versions: "1+", default: 0, ignorable: true }),
    errorCode: int16(),
    groups: array({
      groupId: string(),
      protocolType: string(),
      groupState: string({ versions: "4+", ignorable: true }),
      groupType: string({ versions: "5+", ignorable: true }),
    }),
  },
});
