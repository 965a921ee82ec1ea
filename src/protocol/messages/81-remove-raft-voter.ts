/**
 * RemoveRaftVoter: takes a voter out of the quorum of the metadata log.
 *
 * 0  the first; flexible (KIP-853)
 */
import { int16, int32, string, uuid } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const RemoveRaftVoter = api({
  key: 81,
  name: "RemoveRaftVoter",
  versions: "0",
  flexible: "0+",
  request: { clusterId: string({ nullable: "0+" }), voterId: int32(), voterDirectoryId: uuid() },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    errorCode: int16(),
    errorMessage: string({ nullable: "0+", default: null, ignorable: true }),
  },
});
