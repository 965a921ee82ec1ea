/**
 * From time to time all leaders are looked at: leadership returns to preferred replicas that are in sync again, and what has
 * no leader gets one where the topic allows an unclean election.
 */
import type { Instant } from "../../../lib/environment.js";
import type { PartitionImage } from "../../../metadata/image/image.js";
import type { MetadataRecord } from "../../../metadata/records/metadata-record.js";
import type { ControllerSettings, ControllerState, ControllerTouch, LeaderCheck } from "../controller-types.js";
import { LeaderRules } from "./leader-rules.js";
import { NO_LEADER } from "./partition-change.js";

/** In one batch, as in Apache Kafka: clients that all look for their new leaders at once are a burden. */
const ELECTIONS_PER_CHECK_MAX = 1000;

interface Checked {
  readonly records: readonly MetadataRecord[];
  readonly touches: readonly ControllerTouch[];
}

const checks: readonly LeaderCheck[] = ["preferred", "missing"];

/** Where there was more to do than goes into one batch, the next check is due at once. */
export function checkLeaders(
  { image, leaderChecksMs }: Readonly<ControllerState>,
  settings: ControllerSettings,
  now: Instant,
): Checked {
  const due = checks.filter((check) => leaderChecksMs[check] <= now.monotonicMs);
  if (due.length === 0) return { records: [], touches: [] };
  const rules = new LeaderRules(image, settings.configRules);
  const records: MetadataRecord[] = [];
  for (const topic of image.topicsById.values()) {
    topic.partitions.forEach((partition, partitionId) => {
      const check = checkFor(partition, settings);
      if (records.length >= ELECTIONS_PER_CHECK_MAX || check === null || !due.includes(check)) return;
      records.push(...rules.change(topic, partitionId, {}, { isPreferred: check === "preferred" }));
    });
  }
  const isMore = records.length >= ELECTIONS_PER_CHECK_MAX;
  const next = isMore
    ? due.map((leaderCheck) => ({ leaderCheck, dueMs: now.monotonicMs }))
    : nextChecks(due, settings, now);
  return { records, touches: next };
}

export function nextLeaderChecks(settings: ControllerSettings, now: Instant): readonly ControllerTouch[] {
  return nextChecks(checks, settings, now);
}

export function nextLeaderCheckMs({ leaderChecksMs }: Readonly<ControllerState>): number {
  return Math.min(leaderChecksMs.preferred, leaderChecksMs.missing);
}

function nextChecks(
  of: readonly LeaderCheck[],
  { leaderCheckIntervalsMs }: ControllerSettings,
  now: Instant,
): readonly ControllerTouch[] {
  return of.map((leaderCheck) => ({ leaderCheck, dueMs: now.monotonicMs + leaderCheckIntervalsMs[leaderCheck] }));
}

/** What the partition is worth a look for, if for anything. */
function checkFor(
  { leader, replicas }: PartitionImage,
  { returnsToPreferred }: ControllerSettings,
): LeaderCheck | null {
  if (leader === NO_LEADER) return "missing";
  return returnsToPreferred && leader !== replicas[0] ? "preferred" : null;
}
