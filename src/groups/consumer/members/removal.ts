/** Members go: those who left, and those who were not heard of, or did not do in time what they had to. */
import { apiError } from "../../../protocol/errors.js";
import type { GroupDecision } from "../../group-types.js";
import { decideDowngrade, downgraded } from "../../migration/downgrade.js";
import type { Draft } from "../draft.js";
import { refuseParkedJoin } from "./parked-join.js";

export function decideRemoval(draft: Draft, memberIds: ReadonlySet<string>): GroupDecision {
  const staying = [...draft.group.members.values()].filter(({ id }) => !memberIds.has(id));
  const classicGroup = downgraded(draft, staying);
  if (classicGroup !== null) return decideDowngrade(draft, classicGroup, new Map());
  for (const memberId of memberIds) {
    const errorMessage = `Member ${memberId} was removed from the group.`;
    refuseParkedJoin(draft, memberId, apiError("UNKNOWN_MEMBER_ID", errorMessage), "own records");
    draft.remove(memberId);
  }
  draft.beginEpoch();
  return draft.decision();
}
