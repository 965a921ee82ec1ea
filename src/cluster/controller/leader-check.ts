/**
 * From time to time all leaders are looked at: leadership returns to preferred replicas that are in sync again, and what has
 * no leader gets one where the topic allows an unclean election.
 */
import type { Instant } from "../../lib/environment.js";
import type { PartitionImage } from "../../metadata/image.js";
import type { MetadataRecord } from "../../metadata/records.js";
import type { ControllerSettings, ControllerState, ControllerTouch } from "./controller-types.js";
import { LeaderRules } from "./leader-rules.js";
import { NO_LEADER } from "./partition-change.js";

/** In one batch, as in Apache Kafka: clients that all look for their new leaders at once are a burden. */
const ELECTIONS_PER_CHECK_MAX = 1000;

interface LeaderCheck {
  readonly records: readonly MetadataRecord[];
  readonly touches: readonly ControllerTouch[];
}

/** Where there was more to do than goes into one batch, the next check is due at once. */
export function checkLeaders(
  { image, leaderCheckMs }: Readonly<ControllerState>,
  settings: ControllerSettings,
  now: Instant,
): LeaderCheck {
  if (now.monotonicMs < leaderCheckMs) return { records: [], touches: [] };
  const rules = new LeaderRules(image, settings.configRules);
  const records: MetadataRecord[] = [];
  for (const topic of image.topicsById.values()) {
    topic.partitions.forEach((partition, partitionId) => {
      if (records.length >= ELECTIONS_PER_CHECK_MAX || !isWorthALook(partition, settings)) return;
      records.push(...rules.change(topic, partitionId, {}, { isPreferred: partition.leader !== NO_LEADER }));
    });
  }
  const isMore = records.length >= ELECTIONS_PER_CHECK_MAX;
  return { records, touches: [isMore ? { leaderCheckMs: now.monotonicMs } : nextLeaderCheck(settings, now)] };
}

export function nextLeaderCheck({ leaderCheckIntervalMs }: ControllerSettings, now: Instant): ControllerTouch {
  return { leaderCheckMs: now.monotonicMs + leaderCheckIntervalMs };
}

function isWorthALook({ leader, replicas }: PartitionImage, { returnsToPreferred }: ControllerSettings): boolean {
  return leader === NO_LEADER || (returnsToPreferred && leader !== replicas[0]);
}
