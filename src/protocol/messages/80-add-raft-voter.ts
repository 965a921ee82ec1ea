/**
 * AddRaftVoter: adds a voter to the quorum of the metadata log.
 *
 * 0  the first; flexible (KIP-853)
 * 1  whether to answer when it is appended or when it is committed
 */
import { array, bool, int16, int32, string, uint16, uuid } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const AddRaftVoter = api({
  key: 80,
  name: "AddRaftVoter",
  versions: "0-1",
  flexible: "0+",
  request: {
    clusterId: string({ nullable: "0+" }),
    timeoutMs: int32(),
    voterId: int32(),
    voterDirectoryId: uuid(),
    listeners: array({ name: string(), host: string(), port: uint16() }),
    ackWhenCommitted: bool({ versions: "1+", default: true }),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    errorCode: int16(),
    errorMessage: string({ nullable: "0+", default: null, ignorable: true }),
  },
});
