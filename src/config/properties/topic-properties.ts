/** The properties of a topic, and the broker's properties from which each takes its default. */
import type { ConfigDefinition } from "./definition.js";
import { boolean, choice, double, int, internal, LONG_MAX, list, long, withoutEffect } from "./definition.js";
import { atLeast, between, betweenOr, oneOf, repeatableWordsOf, throttledReplicas } from "./validators.js";

export const topicProperties = {
  "cleanup.policy": list(
    "delete",
    "What becomes of old records: `delete` by age and size, `compact` to the last one of each key, or both.",
    repeatableWordsOf("compact", "delete"),
  ),
  "compression.type": choice(
    "producer",
    "How batches are stored: as the `producer` compressed them, or compressed again with this codec.",
    oneOf("uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"),
  ),
  "index.interval.bytes": int(4096, "Bytes of records between two index entries.", atLeast(0)),
  "internal.segment.bytes": internal(int(null, "Segment size without a lower bound, for tests.")),
  "max.message.bytes": int(1_048_588, "Largest record batch, compressed.", atLeast(0)),
  "message.timestamp.after.max.ms": long(
    3_600_000,
    "How far a producer's timestamp may lie in the future.",
    atLeast(0),
  ),
  "message.timestamp.before.max.ms": long(LONG_MAX, "How far a producer's timestamp may lie in the past.", atLeast(0)),
  "message.timestamp.type": choice(
    "CreateTime",
    "Whether a record's timestamp is its producer's or the time of the append.",
    oneOf("CreateTime", "LogAppendTime"),
  ),
  "min.insync.replicas": int(1, "Replicas that must hold a write with acks=all.", atLeast(1)),
  "segment.bytes": int(1_073_741_824, "Size at which a segment is closed and the next one begins.", atLeast(1_048_576)),
  "segment.index.bytes": int(10_485_760, "Largest index file of a segment.", atLeast(4)),
  "segment.jitter.ms": long(0, "Random time taken off the age at which a segment is closed.", atLeast(0)),
  "segment.ms": long(604_800_000, "Age at which a segment is closed.", atLeast(1)),
  "unclean.leader.election.enable": boolean(
    false,
    "Whether a replica that lags may lead when no other is left: records may be lost.",
  ),
  "file.delete.delay.ms": long(60_000, "How long a deleted file stays on disk under another name.", atLeast(0)),
  "retention.bytes": long(-1, "Size at which a partition loses its oldest segments, -1 for none."),
  "retention.ms": long(604_800_000, "Age at which records are deleted, -1 for never.", atLeast(-1)),
  "delete.retention.ms": long(86_400_000, "How long compaction keeps tombstones and markers.", atLeast(0)),
  "max.compaction.lag.ms": long(LONG_MAX, "A record stays uncompacted for at most so long.", atLeast(1)),
  "min.cleanable.dirty.ratio": double(
    "0.5",
    "Share of the log that must be uncompacted before it is compacted.",
    between(0, 1),
  ),
  "min.compaction.lag.ms": long(0, "A record stays uncompacted for at least so long.", atLeast(0)),
  "flush.messages": long(LONG_MAX, "Records after which the log is flushed to disk.", atLeast(1)),
  "flush.ms": long(LONG_MAX, "Longest time that records stay unflushed.", atLeast(0)),
  ...withoutEffect("codecs work at their own default level", {
    "compression.gzip.level": int(-1, "Level for gzip; -1 is its own default.", betweenOr(1, 9, -1)),
    "compression.lz4.level": int(9, "Level for lz4.", between(1, 17)),
    "compression.zstd.level": int(3, "Level for zstd.", between(-131_072, 22)),
  } as const),
  ...withoutEffect("segments grow as they are written", {
    preallocate: boolean(false, "Whether a new segment takes its full size on disk at once."),
  } as const),
} as const;

const replicationThrottles = {
  "follower.replication.throttled.replicas": list(
    "",
    "Replicas whose followers are throttled: partition:broker pairs, or *.",
    throttledReplicas,
  ),
  "leader.replication.throttled.replicas": list(
    "",
    "Replicas whose leaders are throttled: partition:broker pairs, or *.",
    throttledReplicas,
  ),
} as const;

const tieredTopicProperties = withoutEffect("there is no tiered storage yet", {
  "local.retention.bytes": long(-2, "Size of what stays local; -2 means as `retention.bytes`.", atLeast(-2)),
  "local.retention.ms": long(-2, "Age of what stays local; -2 means as `retention.ms`.", atLeast(-2)),
  "remote.log.copy.disable": boolean(false, "Whether the copying to remote storage is stopped."),
  "remote.log.delete.on.disable": boolean(false, "Whether remote data goes when it is switched off."),
  "remote.storage.enable": boolean(false, "Whether the topic's old segments move to remote storage."),
} as const);

/** By name, in alphabetical order. */
export const topicConfigDefinitions: ReadonlyMap<string, ConfigDefinition> = new Map(
  [topicProperties, replicationThrottles, tieredTopicProperties]
    .flatMap((table) => Object.entries<ConfigDefinition>(table))
    .sort(([a], [b]) => (a < b ? -1 : 1)),
);

export interface BrokerSynonym {
  readonly name: string;
  /** Multiplies the broker's value: hours and minutes become milliseconds. */
  readonly factor: number;
}

const one = (name: string): readonly BrokerSynonym[] => [{ name, factor: 1 }];
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/**
 * The broker's properties behind each property of a topic: the first that has a value is the default.
 * A property that is not named here has only its own default.
 */
export const brokerSynonymsOfTopic: ReadonlyMap<string, readonly BrokerSynonym[]> = new Map([
  ["cleanup.policy", one("log.cleanup.policy")],
  ["compression.gzip.level", one("compression.gzip.level")],
  ["compression.lz4.level", one("compression.lz4.level")],
  ["compression.type", one("compression.type")],
  ["compression.zstd.level", one("compression.zstd.level")],
  ["delete.retention.ms", one("log.cleaner.delete.retention.ms")],
  ["file.delete.delay.ms", one("log.segment.delete.delay.ms")],
  ["flush.messages", one("log.flush.interval.messages")],
  ["flush.ms", [...one("log.flush.interval.ms"), ...one("log.flush.scheduler.interval.ms")]],
  ["index.interval.bytes", one("log.index.interval.bytes")],
  ["local.retention.bytes", one("log.local.retention.bytes")],
  ["local.retention.ms", one("log.local.retention.ms")],
  ["max.compaction.lag.ms", one("log.cleaner.max.compaction.lag.ms")],
  ["max.message.bytes", one("message.max.bytes")],
  ["message.timestamp.after.max.ms", one("log.message.timestamp.after.max.ms")],
  ["message.timestamp.before.max.ms", one("log.message.timestamp.before.max.ms")],
  ["message.timestamp.type", one("log.message.timestamp.type")],
  ["min.cleanable.dirty.ratio", one("log.cleaner.min.cleanable.ratio")],
  ["min.compaction.lag.ms", one("log.cleaner.min.compaction.lag.ms")],
  ["min.insync.replicas", one("min.insync.replicas")],
  ["preallocate", one("log.preallocate")],
  ["retention.bytes", one("log.retention.bytes")],
  [
    "retention.ms",
    [
      ...one("log.retention.ms"),
      { name: "log.retention.minutes", factor: MINUTE_MS },
      { name: "log.retention.hours", factor: HOUR_MS },
    ],
  ],
  ["segment.bytes", one("log.segment.bytes")],
  ["segment.index.bytes", one("log.index.size.max.bytes")],
  ["segment.jitter.ms", [...one("log.roll.jitter.ms"), { name: "log.roll.jitter.hours", factor: HOUR_MS }]],
  ["segment.ms", [...one("log.roll.ms"), { name: "log.roll.hours", factor: HOUR_MS }]],
  ["unclean.leader.election.enable", one("unclean.leader.election.enable")],
]);
