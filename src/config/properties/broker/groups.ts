/** The group coordinator: classic groups, committed offsets, and the topic that holds them. */
import { INT_MAX, insteadOf, int, list, long, short, withoutEffect } from "../definition.js";
import { atLeast, someWordsOf } from "../validators.js";

export const groupProperties = {
  "group.initial.rebalance.delay.ms": insteadOf(
    3000,
    int(0, "How long the first rebalance of an empty group waits for more members."),
  ),
  "group.min.session.timeout.ms": int(6000, "Shortest session timeout that a member may ask for."),
  "group.max.session.timeout.ms": int(1_800_000, "Longest session timeout that a member may ask for."),
  "group.max.size": int(INT_MAX, "Most members of a classic group.", atLeast(1)),
  "group.coordinator.rebalance.protocols": list(
    "classic,consumer,streams",
    "The kinds of group that are served. `classic` cannot be left out.",
    someWordsOf("consumer", "classic", "share", "streams"),
  ),
  "offset.metadata.max.bytes": int(4096, "Longest text that a client may store beside an offset."),
  "offsets.commit.timeout.ms": int(5000, "How long a write of the coordinator may stay uncommitted.", atLeast(1)),
  "offsets.retention.minutes": int(
    10_080,
    "How long offsets outlive the last member of their group, or their last commit.",
    atLeast(1),
  ),
  "offsets.retention.check.interval.ms": long(600_000, "How often expired offsets are removed.", atLeast(1)),
  "offsets.topic.num.partitions": int(50, "Partitions of `__consumer_offsets`, fixed once it exists.", atLeast(1)),
  "offsets.topic.replication.factor": short(
    3,
    "Replicas of `__consumer_offsets`, at most the number of brokers when it is created.",
    atLeast(1),
  ),
  "offsets.topic.segment.bytes": int(104_857_600, "Segment size of `__consumer_offsets`.", atLeast(1)),
} as const;

export const groupPropertiesWithoutEffect = {
  ...withoutEffect("every shard works on the one event loop and writes at the end of each turn", {
    "group.coordinator.append.linger.ms": int(-1, "How long writes are gathered; -1 adapts.", atLeast(-1)),
    "group.coordinator.background.threads": int(2, "Threads for work beside the shards.", atLeast(1)),
    "group.coordinator.threads": int(4, "Threads that run the shards.", atLeast(1)),
    "group.coordinator.cached.buffer.max.bytes": int(
      1_048_588,
      "Largest write buffer that is kept for the next write.",
      atLeast(524_288),
      "cluster-wide",
    ),
    "offsets.load.buffer.size": int(5_242_880, "Bytes read at once while a shard loads.", atLeast(1)),
  } as const),
  ...withoutEffect("records of the coordinator are stored uncompressed", {
    "offsets.topic.compression.codec": int(0, "Codec of `__consumer_offsets`, by its number."),
  } as const),
} as const;
