/** The partition logs: segments, retention, compaction, flushing, and what new topics inherit. */
import { boolean, choice, double, int, internal, LONG_MAX, list, long, withoutEffect } from "../definition.js";
import { atLeast, between, betweenOr, oneOf, wordsOf } from "../validators.js";

export const logProperties = {
  "log.segment.bytes": int(
    1_073_741_824,
    "Size at which a segment is closed and the next one begins.",
    atLeast(1_048_576),
    "cluster-wide",
  ),
  "log.roll.ms": long(null, "Age at which a segment is closed; before `log.roll.hours`.", null, "cluster-wide"),
  "log.roll.hours": int(168, "Age at which a segment is closed.", atLeast(1)),
  "log.roll.jitter.ms": long(null, "Random time taken off that age; before the hours.", null, "cluster-wide"),
  "log.roll.jitter.hours": int(0, "Random time taken off the age at which a segment is closed.", atLeast(0)),
  "log.index.interval.bytes": int(4096, "Bytes of records between two index entries.", atLeast(0), "cluster-wide"),
  "log.index.size.max.bytes": int(10_485_760, "Largest index file of a segment.", atLeast(4), "cluster-wide"),
  "log.cleanup.policy": list(
    "delete",
    "What becomes of old records: `delete` by age and size, `compact` to the last one of each key, or both.",
    wordsOf("compact", "delete"),
    "cluster-wide",
  ),
  "log.message.timestamp.type": choice(
    "CreateTime",
    "Whether a record's timestamp is its producer's or the time of the append.",
    oneOf("CreateTime", "LogAppendTime"),
    "cluster-wide",
  ),
  "log.message.timestamp.before.max.ms": long(
    LONG_MAX,
    "How far a producer's timestamp may lie in the past.",
    atLeast(0),
    "cluster-wide",
  ),
  "log.message.timestamp.after.max.ms": long(
    3_600_000,
    "How far a producer's timestamp may lie in the future.",
    atLeast(0),
    "cluster-wide",
  ),
  "message.max.bytes": int(1_048_588, "Largest record batch, compressed.", atLeast(0), "cluster-wide"),
  "compression.type": choice(
    "producer",
    "How batches are stored: as the `producer` compressed them, or compressed again with this codec.",
    oneOf("uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"),
    "cluster-wide",
  ),
  "log.retention.ms": long(
    null,
    "Age at which records are deleted, -1 for never. Goes before the minutes and hours.",
    null,
    "cluster-wide",
  ),
  "log.retention.minutes": int(null, "Age at which records are deleted; goes before the hours."),
  "log.retention.hours": int(168, "Age at which records are deleted."),
  "log.retention.bytes": long(
    -1,
    "Size at which a partition loses its oldest segments, -1 for none.",
    null,
    "cluster-wide",
  ),
  "log.retention.check.interval.ms": long(300_000, "How often logs are looked at for what may be deleted.", atLeast(1)),
  "log.segment.delete.delay.ms": long(
    60_000,
    "How long a deleted file stays on disk under another name.",
    atLeast(0),
    "cluster-wide",
  ),
  "log.cleaner.delete.retention.ms": long(
    86_400_000,
    "How long compaction keeps tombstones and transaction markers.",
    atLeast(0),
    "cluster-wide",
  ),
  "log.cleaner.min.cleanable.ratio": double(
    "0.5",
    "Share of a log that must be uncompacted before it is compacted.",
    between(0, 1),
    "cluster-wide",
  ),
  "log.cleaner.min.compaction.lag.ms": long(
    0,
    "A record stays uncompacted for at least so long.",
    atLeast(0),
    "cluster-wide",
  ),
  "log.cleaner.max.compaction.lag.ms": long(
    LONG_MAX,
    "A record stays uncompacted for at most so long.",
    atLeast(1),
    "cluster-wide",
  ),
  "log.cleaner.enable": boolean(true, "Whether logs are compacted at all."),
  "log.cleaner.backoff.ms": long(15_000, "Pause of the cleaner when nothing is dirty.", atLeast(0), "cluster-wide"),
  "log.cleaner.dedupe.buffer.size": long(134_217_728, "Memory for the cleaner's key map.", null, "cluster-wide"),
  "log.cleaner.io.buffer.load.factor": double("0.9", "How full that map may get.", null, "cluster-wide"),
  "log.cleaner.io.buffer.size": int(524_288, "Memory for the cleaner's buffers.", atLeast(0), "cluster-wide"),
  "log.cleaner.io.max.bytes.per.second": double(
    "1.7976931348623157E308",
    "Bytes that the cleaner reads and writes each second.",
    null,
    "cluster-wide",
  ),
  "log.flush.interval.messages": long(
    LONG_MAX,
    "Records after which a log is flushed to disk.",
    atLeast(1),
    "cluster-wide",
  ),
  "log.flush.interval.ms": long(null, "Longest time that records stay unflushed.", null, "cluster-wide"),
  "log.flush.scheduler.interval.ms": long(LONG_MAX, "How often logs are looked at for what must be flushed."),
  ...withoutEffect("codecs work at their own default level", {
    "compression.gzip.level": int(-1, "Level for gzip; -1 is its own default.", betweenOr(1, 9, -1), "cluster-wide"),
    "compression.lz4.level": int(9, "Level for lz4.", between(1, 17), "cluster-wide"),
    "compression.zstd.level": int(3, "Level for zstd.", between(-131_072, 22), "cluster-wide"),
  } as const),
  ...withoutEffect("segments grow as they are written", {
    "log.preallocate": boolean(false, "Whether a new segment takes its full size on disk at once.", "cluster-wide"),
  } as const),
  "log.initial.task.delay.ms": internal(long(30_000, "Delay before the first pass over the logs.", atLeast(0))),
  "log.flush.offset.checkpoint.interval.ms": int(60_000, "How often recovery points are written.", atLeast(0)),
} as const;

export const logPropertiesWithoutEffect = {
  ...withoutEffect("logs are compacted one at a time", {
    "log.cleaner.threads": int(1, "Threads that compact logs.", atLeast(0), "cluster-wide"),
  } as const),
  ...withoutEffect("there is no tiered storage yet", {
    "log.local.retention.ms": long(
      -2,
      "Age at which tiered segments leave the local disk; -2 means as `log.retention.ms`.",
      atLeast(-2),
      "cluster-wide",
    ),
    "log.local.retention.bytes": long(
      -2,
      "Size at which tiered segments leave the local disk; -2 means as `log.retention.bytes`.",
      atLeast(-2),
      "cluster-wide",
    ),
  } as const),
  ...withoutEffect("they are written together with the recovery points", {
    "log.flush.start.offset.checkpoint.interval.ms": int(
      60_000,
      "How often log start offsets are written.",
      atLeast(0),
    ),
  } as const),
  ...withoutEffect("one thread recovers the logs, and one folder holds them", {
    "num.recovery.threads.per.data.dir": int(2, "Threads that recover a folder.", atLeast(1), "cluster-wide"),
    "num.replica.alter.log.dirs.threads": int(null, "Threads that move replicas between folders."),
    "log.dir.failure.timeout.ms": long(30_000, "How long a failed folder may go unreported.", atLeast(1)),
  } as const),
} as const;
