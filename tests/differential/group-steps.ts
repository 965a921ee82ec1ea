/** Steps that the scenarios of classic groups share. */
import { errors } from "../../src/protocol/errors.js";
import { JoinGroup } from "../../src/protocol/messages/11-join-group.js";
import type { LeaveGroup } from "../../src/protocol/messages/13-leave-group.js";
import type { SyncGroup } from "../../src/protocol/messages/14-sync-group.js";
import type { RequestToSend, ResponseReceived } from "../../src/protocol/schema/message.js";
import { type JoinOptions, joinTo } from "./requests.js";
import type { Connection } from "./scenario.js";

export const MEMBER_ID_REQUIRED = errors.MEMBER_ID_REQUIRED.code;
export const REBALANCE_IN_PROGRESS = errors.REBALANCE_IN_PROGRESS.code;

type Joined = ResponseReceived<typeof JoinGroup>;

/** Joins in two steps, as clients have done since KIP-394: the first gives the id, the second the place. */
export async function joined(connection: Connection, groupId: string, options: JoinOptions = {}): Promise<Joined> {
  const { memberId } = await connection.send(JoinGroup, 6, joinTo(groupId, options));
  return connection.send(JoinGroup, 6, joinTo(groupId, { ...options, memberId }));
}

/** What each member gets, by its id. Only a leader assigns. */
export function syncWith(
  groupId: string,
  { generationId, memberId }: Joined,
  assignments: Readonly<Record<string, string>>,
): RequestToSend<typeof SyncGroup> {
  const entries = Object.entries(assignments);
  return {
    groupId,
    generationId,
    memberId,
    assignments: entries.map(([id, assignment]) => ({ memberId: id, assignment: Buffer.from(assignment) })),
  };
}

/** Leaving became a list of members with version 3. */
export function leave(version: number, groupId: string, memberId: string): RequestToSend<typeof LeaveGroup> {
  return version >= 3 ? { groupId, members: [{ memberId }] } : { groupId, memberId };
}
