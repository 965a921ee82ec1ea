/** Groups of the newer protocols: consumer (KIP-848) and streams (KIP-1071). */
import { INT_MAX, insteadOf, int, internal, list, text, withoutEffect } from "../definition.js";
import { atLeast, oneOfInAnyCase, someItems } from "../validators.js";

const heartbeat = "How often a member sends a heartbeat.";
const session = "A member without a heartbeat for so long leaves the group.";
const interval = "Shortest time between two new assignments of a group.";

export const consumerGroupProperties = {
  "group.consumer.assignment.interval.ms": insteadOf(1000, int(0, interval, atLeast(0), "cluster-wide")),
  "group.consumer.min.assignment.interval.ms": int(0, "Lower bound of that interval for a group.", atLeast(0)),
  "group.consumer.max.assignment.interval.ms": int(15_000, "Upper bound of that interval for a group.", atLeast(0)),
  "group.consumer.assignors": list("uniform,range", "The assignors on offer; the first is the default.", someItems),
  "group.consumer.heartbeat.interval.ms": int(5000, heartbeat, atLeast(1)),
  "group.consumer.min.heartbeat.interval.ms": int(5000, "Lower bound of that interval for a group.", atLeast(1)),
  "group.consumer.max.heartbeat.interval.ms": int(15_000, "Upper bound of that interval for a group.", atLeast(1)),
  "group.consumer.session.timeout.ms": int(45_000, session, atLeast(1)),
  "group.consumer.min.session.timeout.ms": int(45_000, "Lower bound of that timeout for a group.", atLeast(1)),
  "group.consumer.max.session.timeout.ms": int(60_000, "Upper bound of that timeout for a group.", atLeast(1)),
  "group.consumer.migration.policy": text(
    "bidirectional",
    "Which way a group with members may turn, from classic to consumer (upgrade) or back (downgrade).",
    oneOfInAnyCase("DISABLED", "DOWNGRADE", "UPGRADE", "BIDIRECTIONAL"),
  ),
  "group.consumer.max.size": int(INT_MAX, "Most members of a group.", atLeast(1)),
} as const;

export const consumerGroupPropertiesWithoutEffect = {
  ...withoutEffect("patterns are resolved again whenever topics change", {
    "group.consumer.regex.refresh.interval.ms": internal(
      int(600_000, "How often patterns of topic names are resolved again.", atLeast(10_000)),
    ),
  } as const),
} as const;

export const streamsGroupPropertiesWithoutEffect = withoutEffect("the streams group protocol is not served yet", {
  "group.streams.assignment.interval.ms": int(1000, interval, atLeast(0), "cluster-wide"),
  "group.streams.min.assignment.interval.ms": int(0, "Lower bound of that interval for a group.", atLeast(0)),
  "group.streams.max.assignment.interval.ms": int(15_000, "Upper bound of that interval for a group.", atLeast(0)),
  "group.streams.heartbeat.interval.ms": int(5000, heartbeat, atLeast(1)),
  "group.streams.min.heartbeat.interval.ms": int(5000, "Lower bound of that interval for a group.", atLeast(1)),
  "group.streams.max.heartbeat.interval.ms": int(15_000, "Upper bound of that interval for a group.", atLeast(1)),
  "group.streams.session.timeout.ms": int(45_000, session, atLeast(1)),
  "group.streams.min.session.timeout.ms": int(45_000, "Lower bound of that timeout for a group.", atLeast(1)),
  "group.streams.max.session.timeout.ms": int(60_000, "Upper bound of that timeout for a group.", atLeast(1)),
  "group.streams.initial.rebalance.delay.ms": int(3000, "How long a new group waits for more members.", atLeast(0)),
  "group.streams.max.size": int(INT_MAX, "Most members of a group.", atLeast(1)),
  "group.streams.num.standby.replicas": int(0, "Standby copies of each task.", atLeast(0)),
  "group.streams.max.standby.replicas": int(2, "Most standby copies that a group may ask for.", atLeast(0)),
} as const);
