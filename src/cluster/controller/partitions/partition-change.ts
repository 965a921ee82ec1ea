/**
 * What becomes of one partition when its replicas, its in-sync replicas or the brokers under them change: a move that has
 * reached its end is ended, who is left out stays eligible where that is kept (KIP-966), a leader is elected, and all that
 * is different then stands in one record.
 */
import type { PartitionImage } from "../../../metadata/image/image.js";
import type { RecordData } from "../../../metadata/records/metadata-record.js";

export const NO_LEADER = -1;

/** In `leaderRecoveryState` (KIP-704). RECOVERING: the leader may lack records that were acknowledged. */
export const leaderRecovery = { RECOVERED: 0, RECOVERING: 1 } as const;

/** What is to be; what is not named stays as it is. */
export interface Wanted {
  readonly isr?: readonly number[];
  readonly replicas?: readonly number[];
  readonly addingReplicas?: readonly number[];
  readonly removingReplicas?: readonly number[];
  readonly leaderRecoveryState?: number;
  /** One per replica (KIP-858). */
  readonly directories?: readonly string[];
  /** This replica may have lost records that it had acknowledged: it is not eligible any more. */
  readonly lost?: number;
}

/** By what rules the leader is found. */
export interface Election {
  /** Whether the replica's broker serves, and the folder works in which the replica lies. */
  readonly mayLead: (replica: number) => boolean;
  /** The preferred replica takes over from a leader that could stay. */
  readonly isPreferred: boolean;
  /** A replica that is neither in sync nor eligible may lead before there is no leader at all. */
  readonly isUncleanAllowed: boolean;
  /** With fewer in-sync replicas than these, those that left stay eligible. Null: none are kept, the feature is off. */
  readonly minInSync: number | null;
}

/** The changed fields of a `PartitionChangeRecord`. */
export type PartitionChange = Partial<Omit<RecordData<"PartitionChangeRecord">, "topicId" | "partitionId">>;

interface Sets {
  readonly replicas: readonly number[];
  readonly isr: readonly number[];
  readonly addingReplicas: readonly number[];
  readonly removingReplicas: readonly number[];
}

/** Null: nothing is different. */
export function partitionChange(before: PartitionImage, wanted: Wanted, election: Election): PartitionChange | null {
  const sets = endOfMove({
    replicas: wanted.replicas ?? before.replicas,
    isr: wanted.isr ?? before.isr,
    addingReplicas: wanted.addingReplicas ?? before.addingReplicas,
    removingReplicas: wanted.removingReplicas ?? before.removingReplicas,
  });
  const eligible = eligibleOf(before, sets, wanted.lost ?? null, election);
  const elected = elect(before, sets, eligible, election);
  const after = afterElection(before, sets, eligible, elected, election);
  const change: PartitionChange = {
    ...leaderChange(before, sets, elected.leader),
    ...listChange("isr", before.isr, after.isr),
    ...listChange("eligibleLeaderReplicas", before.eligibleLeaderReplicas, after.eligible),
    ...listChange("lastKnownElr", before.lastKnownElr, after.lastKnown),
    ...listChange("replicas", before.replicas, sets.replicas),
    ...listChange("addingReplicas", before.addingReplicas, sets.addingReplicas),
    ...listChange("removingReplicas", before.removingReplicas, sets.removingReplicas),
    ...directoryChange(before, wanted, sets.replicas),
    ...recoveryChange(before, wanted, elected),
  };
  return Object.keys(change).length === 0 ? null : change;
}

/**
 * KIP-455: when those that came are in sync, those that were to go are gone. Where more go than come, all that stay must be
 * in sync; else one of them that is down for long would keep the others from moving.
 */
function endOfMove(sets: Sets): Sets {
  const { addingReplicas, removingReplicas } = sets;
  if (addingReplicas.length + removingReplicas.length === 0) return sets;
  const stays = (replica: number) => !removingReplicas.includes(replica);
  const replicas = sets.replicas.filter(stays);
  const isr = sets.isr.filter(stays);
  const awaited = addingReplicas.length < removingReplicas.length ? replicas : addingReplicas;
  const isOver = isr.length > 0 && awaited.every((replica) => isr.includes(replica));
  return isOver ? { replicas, isr, addingReplicas: [], removingReplicas: [] } : sets;
}

/** KIP-966: while fewer are in sync than must be, nothing is committed without those that were, so they can still lead. */
function eligibleOf(
  { isr, eligibleLeaderReplicas }: PartitionImage,
  sets: Sets,
  lost: number | null,
  { minInSync }: Election,
): readonly number[] {
  if (minInSync === null) return eligibleLeaderReplicas;
  if (sets.isr.length >= minInSync) return [];
  const known = [...new Set([...eligibleLeaderReplicas, ...isr])];
  return known.filter((one) => one !== lost && !sets.isr.includes(one) && sets.replicas.includes(one));
}

interface Elected {
  readonly leader: number;
  readonly isUnclean: boolean;
}

function elect(before: PartitionImage, sets: Sets, eligible: readonly number[], election: Election): Elected {
  const { mayLead, isPreferred, isUncleanAllowed } = election;
  const hasAll = sets.isr.length > 0 ? sets.isr : eligible;
  const isClean = (replica: number | undefined): replica is number =>
    replica !== undefined && hasAll.includes(replica) && mayLead(replica);
  const [preferred] = sets.replicas;
  if (isPreferred && isClean(preferred)) return { leader: preferred, isUnclean: false };
  if (isClean(before.leader)) return { leader: before.leader, isUnclean: false };
  const clean = sets.replicas.find(isClean);
  if (clean !== undefined) return { leader: clean, isUnclean: false };
  const unclean =
    lastKnownLeader(before, sets, eligible, election) ?? (isUncleanAllowed ? sets.replicas.find(mayLead) : undefined);
  return unclean === undefined ? { leader: NO_LEADER, isUnclean: false } : { leader: unclean, isUnclean: true };
}

/** Where nobody has all records for sure, the last leader is the likeliest; it leads again without being asked (KIP-966). */
function lastKnownLeader(
  { lastKnownElr }: PartitionImage,
  sets: Sets,
  eligible: readonly number[],
  { mayLead, minInSync }: Election,
): number | undefined {
  const [last, ...others] = lastKnownElr;
  if (minInSync === null || eligible.length + sets.isr.length > 0 || others.length > 0) return undefined;
  return last !== undefined && sets.replicas.includes(last) && mayLead(last) ? last : undefined;
}

function afterElection(
  before: PartitionImage,
  sets: Sets,
  eligible: readonly number[],
  { leader, isUnclean }: Elected,
  { minInSync }: Election,
) {
  if (isUnclean) return { isr: [leader], eligible: [], lastKnown: [] };
  if (leader !== NO_LEADER) {
    const isr = sets.isr.includes(leader) ? sets.isr : [leader];
    const stillEligible = minInSync === null ? [] : eligible.filter((replica) => replica !== leader);
    return { isr, eligible: stillEligible, lastKnown: [] };
  }
  // Where no eligible replicas are kept, the last one in sync stays, so that it is known who has all records.
  if (minInSync === null) {
    return { isr: sets.isr.length > 0 ? sets.isr : before.isr, eligible, lastKnown: before.lastKnownElr };
  }
  const hadLeader = before.leader !== NO_LEADER;
  const lastKnown = hadLeader && sets.isr.length === 0 ? [before.leader] : before.lastKnownElr;
  return { isr: sets.isr, eligible, lastKnown };
}

/** A replica that is taken away needs a new leader epoch, lest it goes on to fetch (KAFKA-14190). */
function leaderChange({ leader, replicas }: PartitionImage, sets: Sets, elected: number): PartitionChange {
  const staysWhole = replicas.every((replica) => sets.replicas.includes(replica));
  return elected === leader && staysWhole ? {} : { leader: elected };
}

function listChange<
  K extends "isr" | "replicas" | "addingReplicas" | "removingReplicas" | "eligibleLeaderReplicas" | "lastKnownElr",
>(field: K, before: readonly number[], after: readonly number[]): PartitionChange {
  return same(before, after) ? {} : { [field]: after };
}

/** Whoever gives other replicas also says where they lie; those that stay, lie where they lay. */
function directoryChange(before: PartitionImage, wanted: Wanted, replicas: readonly number[]): PartitionChange {
  const named = wanted.replicas ?? before.replicas;
  const directories = wanted.directories ?? before.directories;
  if (directories.length === 0) return {};
  const after = replicas.flatMap((replica) => directories[named.indexOf(replica)] ?? []);
  return same(before.directories, after) ? {} : { directories: after };
}

function recoveryChange(before: PartitionImage, wanted: Wanted, { isUnclean }: Elected): PartitionChange {
  const after = isUnclean ? leaderRecovery.RECOVERING : (wanted.leaderRecoveryState ?? before.leaderRecoveryState);
  return after === before.leaderRecoveryState ? {} : { leaderRecoveryState: after };
}

function same<T>(one: readonly T[], other: readonly T[]): boolean {
  return one.length === other.length && one.every((item, i) => item === other[i]);
}
