/**
 * The throttle round a set of moves (KIP-73), by the settings that Kafka's own tool uses: so either tool can take away what
 * the other has left.
 */
import type { Admin } from "./asking/admin.js";
import {
  changeBrokers,
  changeTopics,
  FOLLOWER_RATE,
  FOLLOWER_REPLICAS,
  LEADER_RATE,
  LEADER_REPLICAS,
  topicSettings,
  type Values,
} from "./asking/settings.js";
import type { Move } from "./planning/placement.js";

/** Those that copy, and those from whom they may copy, get no more in a second than `bytesPerSecond`. */
export async function setThrottle(
  admin: Admin,
  moves: readonly Move[],
  living: ReadonlySet<number>,
  bytesPerSecond: number,
): Promise<void> {
  const copied = moves.filter(({ adds }) => adds.length > 0);
  const brokers = new Set(copied.flatMap(({ from, to }) => [...from, ...to]).filter((id) => living.has(id)));
  const rate = String(bytesPerSecond);
  await changeTopics(admin, new Map(throttledReplicas(copied)));
  await changeBrokers(admin, brokers, { [LEADER_RATE]: rate, [FOLLOWER_RATE]: rate });
}

/** From these brokers and topics, whoever has set it. */
export async function removeThrottle(
  admin: Admin,
  brokers: ReadonlySet<number>,
  topics: readonly string[],
): Promise<void> {
  await changeBrokers(admin, brokers, { [LEADER_RATE]: null, [FOLLOWER_RATE]: null });
  const nothing = { [LEADER_REPLICAS]: null, [FOLLOWER_REPLICAS]: null };
  const throttled = new Map<string, Values>();
  for (const property of [LEADER_REPLICAS, FOLLOWER_REPLICAS]) {
    for (const [topic, value] of await topicSettings(admin, topics, property)) {
      if (value !== "") throttled.set(topic, nothing);
    }
  }
  await changeTopics(admin, throttled);
}

function* throttledReplicas(moves: readonly Move[]): Generator<[string, Values]> {
  for (const topic of new Set(moves.map((move) => move.topic))) {
    const ofTopic = moves.filter((move) => move.topic === topic);
    const pairs = (of: (move: Move) => readonly number[]) =>
      ofTopic.flatMap((move) => of(move).map((id) => `${move.index}:${id}`)).join(",");
    yield [topic, { [LEADER_REPLICAS]: pairs(({ from }) => from), [FOLLOWER_REPLICAS]: pairs(({ adds }) => adds) }];
  }
}
