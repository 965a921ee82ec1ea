import { buildBatch } from "../../protocol/records/build-batch.js";
import { controlKey, controlTypes } from "../../protocol/records/control.js";
import { encodeMessage } from "../../protocol/schema/codec.js";
import { array, int16, int32, uuid } from "../../protocol/schema/fields.js";
import { message } from "../../protocol/schema/message.js";
import { ZERO_UUID } from "../../protocol/wire/zero-uuid.js";

const voter = { voterId: int32(), voterDirectoryId: uuid({ versions: "1+" }) };

/**
 * The control record at the head of an epoch (KIP-595).
 *
 * 1  the log directories of the voters (KIP-853)
 */
export const LeaderChangeMessage = message({
  name: "LeaderChangeMessage",
  versions: "0-1",
  flexible: "0+",
  fields: { version: int16(), leaderId: int32(), voters: array(voter), grantingVoters: array(voter) },
});

/** The batch with which a leader that nobody else votes for begins its epoch. */
export function buildLeaderChange(
  leaderId: number,
  at: { readonly baseOffset: number; readonly leaderEpoch: number; readonly timestampMs: number },
): Uint8Array {
  const { baseOffset, leaderEpoch, timestampMs } = at;
  const voters = [{ voterId: leaderId, voterDirectoryId: ZERO_UUID }];
  const value = encodeMessage(LeaderChangeMessage, 0, { version: 0, leaderId, voters, grantingVoters: voters });
  const records = [{ timestampMs, key: controlKey(controlTypes.LEADER_CHANGE), value }];
  return buildBatch({ baseOffset, leaderEpoch, records, isControl: true });
}
