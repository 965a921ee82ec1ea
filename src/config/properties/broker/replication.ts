/** Followers, leaders and quotas on what moves between brokers. */
import { boolean, int, internal, javaClass, LONG_MAX, long, text, withoutEffect } from "../definition.js";
import { atLeast } from "../validators.js";

export const replicationProperties = {
  "replica.fetch.backoff.ms": int(1000, "Wait after a failed fetch.", atLeast(0)),
  "replica.fetch.max.bytes": int(1_048_576, "Most bytes of a partition in a follower's fetch.", atLeast(0)),
  "replica.fetch.min.bytes": int(1, "Fewest bytes that a follower's fetch waits for."),
  "replica.fetch.response.max.bytes": int(10_485_760, "Most bytes of a follower's fetch.", atLeast(0)),
  "replica.fetch.wait.max.ms": int(500, "Longest wait of a follower's fetch."),
  "replica.lag.time.max.ms": long(30_000, "A follower that has not caught up for so long leaves the ISR."),
  "replica.selector.class": text(
    null,
    "With org.apache.kafka.common.replica.RackAwareReplicaSelector consumers are sent to a replica in their rack (KIP-392).",
  ),
  "replica.socket.timeout.ms": int(30_000, "How long a follower's request may take."),
  "unclean.leader.election.interval.ms": internal(
    long(300_000, "How often partitions without a leader are looked at.", atLeast(1)),
  ),
  "replication.quota.window.num": int(11, "Windows over which throttled replication is measured.", atLeast(1)),
  "replication.quota.window.size.seconds": int(1, "Length of such a window.", atLeast(1)),
  "alter.log.dirs.replication.quota.window.num": int(
    11,
    "Windows over which moves between folders are measured.",
    atLeast(1),
  ),
  "alter.log.dirs.replication.quota.window.size.seconds": int(1, "Length of such a window.", atLeast(1)),
} as const;

export const replicationPropertiesWithoutEffect = {
  ...withoutEffect("one fetcher follows each leader, and asks for all its partitions at once", {
    "num.replica.fetchers": int(1, "Fetchers for each leader that is followed.", atLeast(1), "cluster-wide"),
  }),
  ...withoutEffect("they are written with the other checkpoints, at log.flush.offset.checkpoint.interval.ms", {
    "replica.high.watermark.checkpoint.interval.ms": long(5000, "How often high watermarks are written."),
  }),
  ...withoutEffect("the operating system chooses it", {
    "replica.socket.receive.buffer.bytes": int(65_536, "Receive buffer of a follower's socket."),
  }),
  ...withoutEffect("there is no tiered storage yet", {
    "follower.fetch.last.tiered.offset.enable": boolean(
      false,
      "Whether a new follower starts at the end of what is tiered.",
      "cluster-wide",
    ),
  }),
} as const;

export const quotaPropertiesWithoutEffect = withoutEffect("quotas are not enforced yet", {
  "client.quota.callback.class": javaClass(null, "The class that sets quotas for clients."),
  "quota.window.num": int(11, "Windows kept for quotas of clients.", atLeast(1)),
  "quota.window.size.seconds": int(1, "Length of such a window.", atLeast(1)),
} as const);

export const startupPropertiesWithoutEffect = withoutEffect("an internal setting of Apache Kafka's own code", {
  "controller.performance.always.log.threshold.ms": internal(
    long(2000, "Events slower than this are logged.", atLeast(0)),
  ),
  "controller.performance.sample.period.ms": internal(
    long(60_000, "How often slow events are summed up.", atLeast(100)),
  ),
  "internal.metadata.delete.delay.millis": internal(long(60_000, "How long deleted metadata files stay on disk.")),
  "internal.metadata.log.segment.bytes": internal(int(null, "Segment size of the metadata log, for tests.")),
  "internal.metadata.max.batch.size.in.bytes": internal(int(8_388_608, "Largest batch of metadata records.")),
  "server.max.startup.time.ms": internal(long(LONG_MAX, "How long a start may take.", atLeast(0))),
} as const);
