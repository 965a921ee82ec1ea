/** Three nodes of Apache Kafka on free ports, each in a process of its own; the first is their controller as well. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatStorage, randomClusterId } from "./apache-kafka.js";
import { Child } from "./child-process.js";
import { freePort } from "./free-port.js";
import { apacheKafkaClassPath, loggingArgument } from "./java.js";
import type { TargetCluster, TargetOptions } from "./target-broker.js";
import { temporaryFolder } from "./temporary-folder.js";

const READY_MS_MAX = 120_000;
const nodeIds = [1, 2, 3] as const;

/** For tests; under a load they need more. */
const smallJvm = ["-Xms256m", "-Xmx512m", "-XX:+UseSerialGC"];

export interface ApacheClusterOptions extends Pick<TargetOptions, "properties"> {
  readonly jvmArguments?: readonly string[];
}

export async function startApacheCluster(options: ApacheClusterOptions = {}): Promise<TargetCluster> {
  const folder = temporaryFolder("apache-cluster");
  const clusterId = randomClusterId();
  const controllerPort = await freePort();
  const started: Child[] = [];
  const dispose = async () => {
    await Promise.all(started.map((child) => child.stop()));
    folder.remove();
  };
  try {
    const ports = await Promise.all(
      nodeIds.map(async (nodeId) => {
        const nodeFolder = join(folder.path, String(nodeId));
        const port = await freePort();
        const file = writeProperties(nodeFolder, { nodeId, port, controllerPort }, options.properties ?? {});
        await formatStorage(file, clusterId);
        const child = new Child({
          command: "java",
          args: [...(options.jvmArguments ?? smallJvm), loggingArgument("info"), "kafka.Kafka", file],
          env: { CLASSPATH: apacheKafkaClassPath() },
        });
        started.push(child);
        await child.firstLine((line) => (line.includes("Kafka Server started") ? true : undefined), READY_MS_MAX);
        return port;
      }),
    );
    const bootstrapServers = ports.map((port) => `127.0.0.1:${port}`).join(",");
    return { bootstrapServers, pids: started.map(({ pid }) => pid), dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

interface Node {
  readonly nodeId: number;
  readonly port: number;
  readonly controllerPort: number;
}

function writeProperties(folder: string, node: Node, more: Readonly<Record<string, string>>): string {
  const { nodeId, port, controllerPort } = node;
  const isController = nodeId === nodeIds[0];
  const controllerListener = isController ? `,CONTROLLER://127.0.0.1:${controllerPort}` : "";
  const properties = {
    "process.roles": isController ? "broker,controller" : "broker",
    "node.id": String(nodeId),
    "controller.quorum.voters": `${nodeIds[0]}@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port}${controllerListener}`,
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "log.dirs": join(folder, "data"),
    ...more,
  };
  const file = join(folder, "server.properties");
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    file,
    `${Object.entries(properties)
      .map(([name, value]) => `${name}=${value}`)
      .join("\n")}\n`,
  );
  return file;
}
