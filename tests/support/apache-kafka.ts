/** Apache Kafka as a target: one combined node (broker and controller) on free ports, in a folder of its own. */
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Child } from "./child-process.js";
import { freePort } from "./free-port.js";
import { apacheKafkaClassPath, loggingArgument, runJava } from "./java.js";
import {
  type Launched,
  type Launcher,
  startBrokerProcess,
  type TargetBroker,
  type TargetOptions,
} from "./target-broker.js";

const READY_MS_MAX = 120_000;

/** The memory and collector settings of Kafka's own start script. */
const jvmArguments = [
  "-Xms1g",
  "-Xmx1g",
  "-XX:+UseG1GC",
  "-XX:MaxGCPauseMillis=20",
  "-XX:InitiatingHeapOccupancyPercent=35",
];

export function startApacheKafka(options: TargetOptions = {}): Promise<TargetBroker> {
  const launcher: Launcher = {
    target: "apache",
    launch: (folder, port) => launch(folder, port, options),
    dataFolder: (folder) => join(folder, "data"),
  };
  return startBrokerProcess(launcher, options);
}

async function launch(folder: string, port: number | null, options: TargetOptions): Promise<Launched> {
  const propertiesFile = join(folder, "server.properties");
  const listenerPort = port ?? (await freePort());
  if (port === null) {
    const properties = { ...singleNode(folder, listenerPort, await freePort()), ...options.properties };
    const lines = Object.entries(properties).map(([name, value]) => `${name}=${value}`);
    writeFileSync(propertiesFile, `${lines.join("\n")}\n`);
    if (options.takesOver === undefined) await formatStorage(propertiesFile);
  }
  const startedMs = performance.now();
  const child = new Child({
    command: "java",
    args: [...jvmArguments, loggingArgument("info"), "kafka.Kafka", propertiesFile],
    env: { CLASSPATH: apacheKafkaClassPath() },
  });
  await child.firstLine((line) => (line.includes("Kafka Server started") ? true : undefined), READY_MS_MAX);
  return { child, port: listenerPort, readyMs: performance.now() - startedMs };
}

export async function formatStorage(propertiesFile: string, clusterId = randomClusterId()): Promise<void> {
  const format = ["format", "--cluster-id", clusterId, "--config", propertiesFile];
  const result = await runJava("kafka.tools.StorageTool", format);
  if (result.code !== 0) throw new Error(`formatting the storage failed:\n${result.stdout}${result.stderr}`);
}

function singleNode(folder: string, port: number, controllerPort: number): Record<string, string> {
  return {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.quorum.voters": `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "log.dirs": join(folder, "data"),
    "offsets.topic.replication.factor": "1",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "group.initial.rebalance.delay.ms": "0",
  };
}

/** A version 4 UUID in Kafka's text form; a leading dash would look like a flag. */
export function randomClusterId(): string {
  const bytes = randomBytes(16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const text = bytes.toString("base64url");
  return text.startsWith("-") ? randomClusterId() : text;
}
