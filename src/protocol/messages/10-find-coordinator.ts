/**
 * FindCoordinator: which broker coordinates a group, a transactional id or a share partition.
 *
 * 0  groups
 * 1  the type of the key; response: throttle time, error message (KIP-98)
 * 2  the throttle is the client's to keep after the answer (KIP-219)
 * 3  flexible
 * 4  several keys at once, in fields of their own (KIP-699)
 * 5  TRANSACTION_ABORTABLE is a possible answer (KIP-890)
 * 6  share partitions, as "group:topic id:partition" (KIP-932)
 */
import { array, int8, int16, int32, string } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const FindCoordinator = api({
  key: 10,
  name: "FindCoordinator",
  versions: "0-6",
  flexible: "3+",
  request: {
    key: string({ versions: "0-3", default: "" }),
    keyType: int8({ versions: "1+", default: 0 }),
    coordinatorKeys: array(string(), { versions: "4+", default: [] }),
  },
  response: {
    throttleTimeMs: int32({ versions: "1+", default: 0, ignorable: true }),
    errorCode: int16({ versions: "0-3", default: 0 }),
    errorMessage: string({ versions: "1-3", nullable: "1-3", default: null, ignorable: true }),
    nodeId: int32({ versions: "0-3", default: 0 }),
    host: string({ versions: "0-3", default: "" }),
    port: int32({ versions: "0-3", default: 0 }),
    coordinators: array(
      {
        key: string(),
        nodeId: int32(),
        host: string(),
        port: int32(),
        errorCode: int16(),
        errorMessage: string({ nullable: "4+", default: null, ignorable: true }),
      },
      { versions: "4+", default: [] },
    ),
  },
});
