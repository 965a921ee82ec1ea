/** MirrorMaker 2 as a process of its own, between two clusters. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Child } from "../../tests/support/child-process.js";
import { freePort } from "../../tests/support/free-port.js";
import { apacheKafkaClassPath, loggingArgument } from "../../tests/support/java.js";
import { inRepository } from "../../tests/support/repository.js";

/** Of Apache Kafka and MirrorMaker. */
export const mirrorClassPath = `${inRepository(".cache", "mirror-maker-4.3.1", "lib")}/*:${apacheKafkaClassPath()}`;

export interface MirrorChoice {
  /** Where its file of properties may lie. */
  readonly folder: string;
  /** By the name of the cluster: where it is. */
  readonly clusters: Readonly<Record<string, string>>;
  /** Which topics go from where to where, and other properties. */
  readonly properties: Readonly<Record<string, string>>;
}

/** It answers at once: the mirror is at work when the first records arrive. */
export async function startMirror({ folder, clusters, properties }: MirrorChoice): Promise<Child> {
  const names = Object.keys(clusters);
  const lines = Object.entries({
    clusters: names.join(", "),
    ...Object.fromEntries(names.map((name) => [`${name}.bootstrap.servers`, clusters[name] ?? ""])),
    ...Object.fromEntries(names.map((name) => [`${name}.exactly.once.source.support`, "enabled"])),
    "dedicated.mode.enable.internal.rest": "true",
    listeners: `http://127.0.0.1:${await freePort()}`,
    ...oneReplica,
    ...everySecond,
    ...properties,
  }).map(([name, value]) => `${name}=${value}`);
  const file = join(folder, `${names.join("-")}.properties`);
  writeFileSync(file, lines.join("\n"));
  const jvm = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx384m", `-Djava.io.tmpdir=${folder}`];
  const args = [...jvm, loggingArgument("warn"), "org.apache.kafka.connect.mirror.MirrorMaker", file];
  return new Child({ command: "java", args, env: { CLASSPATH: mirrorClassPath } });
}

/** Each cluster is one broker. */
const oneReplica = {
  "replication.factor": "1",
  "checkpoints.topic.replication.factor": "1",
  "heartbeats.topic.replication.factor": "1",
  "offset-syncs.topic.replication.factor": "1",
  "config.storage.replication.factor": "1",
  "offset.storage.replication.factor": "1",
  "status.storage.replication.factor": "1",
};

/** What MirrorMaker would look at every minute or ten. */
const everySecond = {
  "refresh.topics.interval.seconds": "1",
  "refresh.groups.interval.seconds": "1",
  "sync.topic.configs.interval.seconds": "1",
  "emit.heartbeats.interval.seconds": "1",
  "emit.checkpoints.interval.seconds": "1",
  "sync.group.offsets.enabled": "true",
  "sync.group.offsets.interval.seconds": "1",
  // Every record is known under both its offsets.
  "offset.lag.max": "0",
  // One that was killed is not waited for for long.
  "session.timeout.ms": "8000",
  "heartbeat.interval.ms": "500",
  "scheduled.rebalance.max.delay.ms": "1000",
};
