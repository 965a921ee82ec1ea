/** Rules between properties: each gives the complaint, in Apache Kafka's words where it has the same rule. */

/** The first must not be larger than the second. */
const ORDERED: readonly (readonly [string, string])[] = [
  ...["consumer", "share", "streams"].flatMap((kind) =>
    ["heartbeat.interval.ms", "session.timeout.ms", "assignment.interval.ms"].flatMap((name) =>
      bounded(`group.${kind}.${name}`, `group.${kind}.min.${name}`, `group.${kind}.max.${name}`),
    ),
  ),
  ...["delivery.count.limit", "record.lock.duration.ms", "partition.max.record.locks"].flatMap((name) =>
    bounded(`group.share.${name}`, `group.share.min.${name}`, `group.share.max.${name}`),
  ),
  ["socket.request.max.bytes", "samsa.request.memory.bytes"],
  ["group.streams.num.standby.replicas", "group.streams.max.standby.replicas"],
  ...["consumer", "share", "streams"].map(
    (kind) => [`group.${kind}.heartbeat.interval.ms`, `group.${kind}.session.timeout.ms`] as const,
  ),
];

function bounded(value: string, min: string, max: string): (readonly [string, string])[] {
  return [
    [min, value],
    [value, max],
  ];
}

export function crossCheck(value: (name: string) => unknown, wasSet: (name: string) => boolean): string[] {
  const ordered = ORDERED.flatMap(([smaller, larger]) => {
    const [low, high] = [value(smaller), value(larger)];
    const wrong = typeof low === "number" && typeof high === "number" && low > high;
    return wrong ? [`${smaller} must be less than or equal to ${larger}`] : [];
  });
  return [
    ...ordered,
    ...retentionChecks(value),
    ...nodeChecks(value, wasSet),
    ...groupChecks(value),
    ...metadataChecks(value),
  ];
}

function retentionChecks(value: (name: string) => unknown): string[] {
  return ["log.retention.ms", "log.retention.minutes", "log.retention.hours"].flatMap((name) => {
    const time = value(name);
    const wrong = typeof time === "number" && time !== -1 && time < 1;
    return wrong ? [`${name} must be unlimited (-1) or, greater than or equal to 1`] : [];
  });
}

function nodeChecks(value: (name: string) => unknown, wasSet: (name: string) => boolean): string[] {
  const errors: string[] = [];
  const bothSet = wasSet("node.id") && wasSet("broker.id") && value("broker.id") !== -1;
  if (bothSet && value("node.id") !== value("broker.id")) {
    errors.push("You must set `node.id` to the same value as `broker.id`.");
  }
  if (value("samsa.metadata.engine") !== "local" && !wasSet("node.id") && !wasSet("broker.id")) {
    errors.push("node.id must be set where several nodes form a cluster: each needs one of its own");
  }
  const roles = value("process.roles");
  if (Array.isArray(roles) && !roles.includes("broker")) {
    errors.push("process.roles: a node that is only a controller is not supported; use broker,controller");
  }
  return errors;
}

/** Classes cannot be loaded here: Apache Kafka's own assignors go by their names. */
const assignorNames: ReadonlySet<unknown> = new Set(["uniform", "range"]);

function groupChecks(value: (name: string) => unknown): string[] {
  const errors: string[] = [];
  const assignors = value("group.consumer.assignors");
  if (Array.isArray(assignors) && !assignors.every((name) => assignorNames.has(name))) {
    errors.push("group.consumer.assignors: there are `uniform` and `range`");
  }
  const protocols = value("group.coordinator.rebalance.protocols");
  if (Array.isArray(protocols) && !protocols.includes("classic")) {
    errors.push("group.coordinator.rebalance.protocols: disabling the 'classic' protocol is not supported");
  }
  if (value("max.connections.per.ip") === 0 && value("max.connections.per.ip.overrides") === "") {
    errors.push("max.connections.per.ip can be set to zero only if max.connections.per.ip.overrides is set");
  }
  return errors;
}

function metadataChecks(value: (name: string) => unknown): string[] {
  const errors: string[] = [];
  const endpoints = value("samsa.metadata.etcd.endpoints");
  if (value("samsa.metadata.engine") === "etcd" && Array.isArray(endpoints) && endpoints.length === 0) {
    errors.push("samsa.metadata.etcd.endpoints must be set when samsa.metadata.engine is etcd");
  }
  return [
    ...errors,
    ...together(value, "samsa.metadata.etcd.username", "samsa.metadata.etcd.password"),
    ...together(value, "samsa.metadata.etcd.tls.cert", "samsa.metadata.etcd.tls.key"),
    ...needs(value, "samsa.metadata.etcd.tls.cert", "samsa.metadata.etcd.tls.ca"),
  ];
}

function together(value: (name: string) => unknown, one: string, other: string): string[] {
  return [...needs(value, one, other), ...needs(value, other, one)];
}

function needs(value: (name: string) => unknown, one: string, other: string): string[] {
  return value(one) !== null && value(other) === null ? [`${one} is set, so ${other} must be set as well`] : [];
}
