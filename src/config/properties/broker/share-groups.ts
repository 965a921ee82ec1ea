/** Share groups (KIP-932): members, records in flight, and the topic that holds their state. */
import { int, internal, list, short, text, withoutEffect } from "../definition.js";
import { atLeast, between, someItems } from "../validators.js";

export const shareGroupPropertiesWithoutEffect = withoutEffect("share groups are not served yet", {
  "group.share.assignment.interval.ms": int(
    1000,
    "Shortest time between two new assignments of a group.",
    atLeast(0),
    "cluster-wide",
  ),
  "group.share.min.assignment.interval.ms": int(0, "Lower bound of that interval for a group.", atLeast(0)),
  "group.share.max.assignment.interval.ms": int(15_000, "Upper bound of that interval for a group.", atLeast(0)),
  "group.share.assignors": list("simple", "The assignor, as a list of one.", someItems),
  "group.share.delivery.count.limit": int(5, "How often a record is delivered before it is given up.", between(2, 10)),
  "group.share.min.delivery.count.limit": int(2, "Lower bound of that limit for a group.", between(2, 5)),
  "group.share.max.delivery.count.limit": int(10, "Upper bound of that limit for a group.", between(5, 25)),
  "group.share.heartbeat.interval.ms": int(5000, "How often a member sends a heartbeat.", atLeast(1)),
  "group.share.min.heartbeat.interval.ms": int(5000, "Lower bound of that interval for a group.", atLeast(1)),
  "group.share.max.heartbeat.interval.ms": int(15_000, "Upper bound of that interval for a group.", atLeast(1)),
  "group.share.session.timeout.ms": int(45_000, "A member silent for so long leaves the group.", atLeast(1)),
  "group.share.min.session.timeout.ms": int(45_000, "Lower bound of that timeout for a group.", atLeast(1)),
  "group.share.max.session.timeout.ms": int(60_000, "Upper bound of that timeout for a group.", atLeast(1)),
  "group.share.record.lock.duration.ms": int(
    30_000,
    "How long a member has a record to itself.",
    between(1000, 3_600_000),
  ),
  "group.share.min.record.lock.duration.ms": int(
    15_000,
    "Lower bound of that time for a group.",
    between(1000, 30_000),
  ),
  "group.share.max.record.lock.duration.ms": int(
    60_000,
    "Upper bound of that time for a group.",
    between(30_000, 3_600_000),
  ),
  "group.share.partition.max.record.locks": int(2000, "Most records of a partition in flight.", between(100, 10_000)),
  "group.share.min.partition.max.record.locks": int(100, "Lower bound of that number.", between(100, 2000)),
  "group.share.max.partition.max.record.locks": int(4000, "Upper bound of that number.", between(2000, 10_000)),
  "group.share.max.share.sessions": int(2000, "Most share sessions of a broker.", atLeast(1)),
  "group.share.max.size": int(200, "Most members of a group.", between(1, 1000)),
  "group.share.initialize.retry.interval.ms": internal(
    int(30_000, "Wait before the state of a partition is set up again.", atLeast(1)),
  ),
  "group.share.persister.class.name": internal(
    text("org.apache.kafka.server.share.persister.DefaultStatePersister", "The class that stores the state."),
  ),
  "share.coordinator.append.linger.ms": int(-1, "How long writes are gathered; -1 adapts.", atLeast(-1)),
  "share.coordinator.cached.buffer.max.bytes": int(
    1_048_588,
    "Largest write buffer that is kept for the next write.",
    atLeast(524_288),
    "cluster-wide",
  ),
  "share.coordinator.cold.partition.snapshot.interval.ms": internal(
    int(300_000, "How often an idle partition's state is written whole.", atLeast(1)),
  ),
  "share.coordinator.load.buffer.size": int(5_242_880, "Bytes read at once while a shard loads.", atLeast(1)),
  "share.coordinator.snapshot.update.records.per.snapshot": int(
    500,
    "Updates of a partition's state between two whole copies of it.",
    between(0, 500),
  ),
  "share.coordinator.state.topic.compression.codec": int(0, "Codec of `__share_group_state`, by its number."),
  "share.coordinator.state.topic.min.isr": short(2, "Replicas that must hold its writes.", atLeast(1)),
  "share.coordinator.state.topic.num.partitions": int(50, "Partitions of `__share_group_state`.", atLeast(1)),
  "share.coordinator.state.topic.prune.interval.ms": internal(
    int(300_000, "How often records that are no longer needed are cut off.", atLeast(1)),
  ),
  "share.coordinator.state.topic.replication.factor": short(3, "Replicas of `__share_group_state`.", atLeast(1)),
  "share.coordinator.state.topic.segment.bytes": int(104_857_600, "Segment size of that topic.", atLeast(1)),
  "share.coordinator.threads": int(1, "Threads that run the shards.", atLeast(1)),
  "share.coordinator.write.timeout.ms": int(5000, "How long a write may stay uncommitted.", atLeast(1)),
} as const);
