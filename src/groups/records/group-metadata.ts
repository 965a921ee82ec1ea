/** A classic group in `__consumer_offsets`: one generation with its members and what the leader assigned to them. */
import { array, bytes, int32, string, timestamp } from "../../protocol/schema/fields.js";
import { message } from "../../protocol/schema/message.js";

export const GroupMetadataKey = message({
  name: "GroupMetadataKey",
  versions: "0",
  flexible: "none",
  fields: { group: string() },
});

export const GroupMetadataValue = message({
  name: "GroupMetadataValue",
  versions: "0-4",
  flexible: "4+",
  fields: {
    protocolType: string(),
    generation: int32(),
    protocol: string({ nullable: "0+" }),
    leader: string({ nullable: "0+" }),
    currentStateTimestamp: timestamp({ versions: "2+", default: -1, ignorable: true }),
    members: array({
      memberId: string(),
      groupInstanceId: string({ versions: "3+", nullable: "3+", default: null, ignorable: true }),
      clientId: string(),
      clientHost: string(),
      rebalanceTimeout: int32({ versions: "1+", default: -1, ignorable: true }),
      sessionTimeout: int32(),
      subscription: bytes(),
      assignment: bytes(),
    }),
  },
});
