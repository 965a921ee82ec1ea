/**
 * A classic group as it lives: members whose leader computes the assignment, in generations. Values never change; each
 * step makes the next one. A group that is dead is not there at all.
 *
 *     Empty ──join──▶ PreparingRebalance ──all joined──▶ CompletingRebalance ──leader synced──▶ Stable
 *       ▲                 │          ▲                          │                                 │
 *       └─no member left──┘          └──────── a join, a leave, a lost member ────────────────────┘
 */
import type { Ticket } from "../../coordination/state-machine.js";
import type { JoinGroupReply, SyncGroupReply } from "../calls.js";

export type ClassicGroup = Empty | PreparingRebalance | CompletingRebalance | Stable;

/** The names that clients see. Dead is what they are told of a group that is not there. */
export type ClassicGroupState = ClassicGroup["state"] | "Dead";

interface InEveryState {
  readonly generation: number;
  /** Null for a group that was never joined: it only has offsets. */
  readonly protocolType: string | null;
  /** Ids that were given out and not used yet (KIP-394), the oldest first. */
  readonly pendingMembers: ReadonlySet<string>;
  /** What the members of this generation subscribed to; null where that is not known. */
  readonly subscribedTopics: ReadonlySet<string> | null;
  /** Wall clock; null where an old log does not say. */
  readonly stateSinceMs: number | null;
}

export interface Empty extends InEveryState {
  readonly state: "Empty";
}

interface WithMembers extends InEveryState {
  readonly protocolType: string;
  readonly members: Members;
}

export interface PreparingRebalance extends WithMembers {
  readonly state: "PreparingRebalance";
  /** Null when all members have gone. */
  readonly leader: string | null;
  /** The protocol of the generation that ends. */
  readonly protocol: string | null;
  readonly joined: Joined;
  /** When the group goes on without those who have not joined. */
  readonly deadlineMs: number;
  /** The first rebalance of an empty group waits for more members, and longer while there come some. */
  readonly initialDelay: InitialDelay | null;
}

export interface CompletingRebalance extends WithMembers {
  readonly state: "CompletingRebalance";
  readonly leader: string;
  readonly protocol: string;
  readonly synced: Synced;
  /** When members that have not asked for their assignment are removed. */
  readonly deadlineMs: number;
}

export interface Stable extends WithMembers {
  readonly state: "Stable";
  readonly leader: string;
  readonly protocol: string;
  /** Those that have not asked for their assignment yet, and until when they may. */
  readonly unsynced: { readonly members: ReadonlySet<string>; readonly deadlineMs: number } | null;
}

export interface InitialDelay {
  readonly delayMs: number;
  readonly remainingMs: number;
  /** A member came since the delay began. */
  readonly memberAdded: boolean;
}

/** Who has joined the next generation; their requests are parked. */
export type Joined = ReadonlyMap<string, ParkedJoin>;
interface ParkedJoin {
  /** Null when the caller has gone away: the member has joined all the same. */
  readonly ticket: Ticket<JoinGroupReply> | null;
  /** It never had an answer, so it cannot send heartbeats: it is removed when its join takes too long. */
  readonly isNew: boolean;
}

/** Who has asked for the assignment; their requests are parked. Null when the caller has gone away. */
type Synced = ReadonlyMap<string, Ticket<SyncGroupReply> | null>;

/** By member id, in the order in which they came. */
export type Members = ReadonlyMap<string, Member>;

export interface Member {
  readonly id: string;
  /** Of a static member (KIP-345). */
  readonly instanceId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  readonly rebalanceTimeoutMs: number;
  readonly sessionTimeoutMs: number;
  /** What the member can speak, the one that it likes best first. */
  readonly protocols: readonly MemberProtocol[];
  readonly assignment: Uint8Array;
}

export interface MemberProtocol {
  readonly name: string;
  readonly metadata: Uint8Array;
}

export const noBytes = new Uint8Array(0);
const noMembers: Members = new Map();

/** A group before its first generation. */
export const emptyGroup: Empty = {
  state: "Empty",
  generation: 0,
  protocolType: null,
  pendingMembers: new Set(),
  subscribedTopics: null,
  stateSinceMs: null,
};

export function membersOf(group: ClassicGroup): Members {
  return group.state === "Empty" ? noMembers : group.members;
}

/** The member's own description under one of its protocols. */
export function metadataOf(member: Member, protocol: string): Uint8Array {
  return member.protocols.find(({ name }) => name === protocol)?.metadata ?? noBytes;
}
