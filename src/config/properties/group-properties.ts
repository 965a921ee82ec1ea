/** The properties of a group (KIP-848, KIP-932, KIP-1071), and the broker's property behind each. */
import { boolean, type ConfigDefinition, choice, insteadOf, int, text, withoutEffect } from "./definition.js";
import { atLeast, offsetReset, oneOf } from "./validators.js";

const consumerProperties = {
  "consumer.assignment.interval.ms": insteadOf(
    1000,
    int(0, "Shortest time between two new assignments of the group.", atLeast(0)),
  ),
  "consumer.heartbeat.interval.ms": int(5000, "How often a member sends a heartbeat.", atLeast(1)),
  "consumer.session.timeout.ms": int(45_000, "A member silent for so long leaves the group.", atLeast(1)),
} as const;

const shareProperties = withoutEffect("share groups are not served yet", {
  "share.assignment.interval.ms": int(1000, "Shortest time between two new assignments of the group.", atLeast(0)),
  "share.auto.offset.reset": text(
    "latest",
    "Where a group without a state begins: `earliest`, `latest`, or a duration back such as `by_duration:PT1H`.",
    offsetReset,
  ),
  "share.delivery.count.limit": int(5, "How often a record is delivered before it is given up.", atLeast(2)),
  "share.heartbeat.interval.ms": int(5000, "How often a member sends a heartbeat.", atLeast(1)),
  "share.isolation.level": choice(
    "read_uncommitted",
    "Whether records of transactions are delivered before these are committed.",
    oneOf("read_committed", "read_uncommitted"),
  ),
  "share.partition.max.record.locks": int(2000, "Most records of a partition in flight.", atLeast(100)),
  "share.record.lock.duration.ms": int(30_000, "How long a member has a record to itself.", atLeast(1000)),
  "share.renew.acknowledge.enable": boolean(true, "Whether a member may renew its hold on a record."),
  "share.session.timeout.ms": int(45_000, "A member silent for so long leaves the group.", atLeast(1)),
} as const);

const streamsProperties = withoutEffect("the streams group protocol is not served yet", {
  "streams.assignment.interval.ms": int(1000, "Shortest time between two new assignments of the group.", atLeast(0)),
  "streams.heartbeat.interval.ms": int(5000, "How often a member sends a heartbeat.", atLeast(1)),
  "streams.initial.rebalance.delay.ms": int(3000, "How long a new group waits for more members.", atLeast(0)),
  "streams.num.standby.replicas": int(0, "Standby copies of each task.", atLeast(0)),
  "streams.session.timeout.ms": int(45_000, "A member silent for so long leaves the group.", atLeast(1)),
} as const);

export const groupProperties = { ...consumerProperties, ...shareProperties, ...streamsProperties } as const;

/** By name, in alphabetical order. */
export const groupConfigDefinitions: ReadonlyMap<string, ConfigDefinition> = new Map(
  Object.entries<ConfigDefinition>(groupProperties).sort(([a], [b]) => (a < b ? -1 : 1)),
);

const OWN_ONLY = new Set(["share.auto.offset.reset", "share.isolation.level", "share.renew.acknowledge.enable"]);

/** The broker's property that gives a group its default, or `null`: `consumer.x` has `group.consumer.x`. */
export function brokerSynonymOfGroup(name: string): string | null {
  return groupConfigDefinitions.has(name) && !OWN_ONLY.has(name) ? `group.${name}` : null;
}
