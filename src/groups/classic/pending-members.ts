/** Member ids that were given out and are not used yet (KIP-394): a rebalance waits for those who hold them. */
import type { Draft } from "./draft.js";
import { minusOne, plusOne } from "./members.js";

/** Beyond this the oldest is forgotten; who comes with it has to ask for another one. */
const PENDING_MEMBERS_MAX = 10_000;

export function rememberPendingMember(draft: Draft, memberId: string, sessionTimeoutMs: number): void {
  if (draft.group.pendingMembers.size >= PENDING_MEMBERS_MAX) forgetOldest(draft);
  draft.group = { ...draft.group, pendingMembers: plusOne(draft.group.pendingMembers, memberId) };
  draft.startSession(memberId, sessionTimeoutMs);
}

function forgetOldest(draft: Draft): void {
  const [oldest] = draft.group.pendingMembers;
  if (oldest !== undefined) forgetPendingMember(draft, oldest);
}

export function forgetPendingMember(draft: Draft, memberId: string): void {
  if (!draft.group.pendingMembers.has(memberId)) return;
  draft.group = { ...draft.group, pendingMembers: minusOne(draft.group.pendingMembers, memberId) };
  draft.endSession(memberId);
}
