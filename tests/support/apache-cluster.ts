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
  /** What one node has for itself. */
  readonly propertiesOf?: (nodeId: number) => Readonly<Record<string, string>>;
}

export interface ApacheCluster extends TargetCluster {
  readonly nodes: readonly ApacheNode[];
  /** Where the controller listens for brokers. */
  readonly controllerPort: number;
}

export async function startApacheCluster(options: ApacheClusterOptions = {}): Promise<ApacheCluster> {
  const folder = temporaryFolder("apache-cluster");
  const clusterId = randomClusterId();
  const controllerPort = await freePort();
  const nodes: ApacheNode[] = [];
  const dispose = async () => {
    await Promise.all(nodes.map((node) => node.stop()));
    folder.remove();
  };
  try {
    for (const nodeId of nodeIds) {
      const port = await freePort();
      const more = { ...options.properties, ...options.propertiesOf?.(nodeId) };
      const file = writeProperties(join(folder.path, String(nodeId)), { nodeId, port, controllerPort }, more);
      nodes.push(new ApacheNode({ nodeId, port, file, jvmArguments: options.jvmArguments ?? smallJvm }));
    }
    await Promise.all(
      nodes.map(async (node) => {
        await formatStorage(node.file, clusterId);
        await node.start();
      }),
    );
    const bootstrapServers = nodes.map(({ port }) => `127.0.0.1:${port}`).join(",");
    return { bootstrapServers, pids: nodes.map(({ pid }) => pid), dispose, nodes, controllerPort };
  } catch (error) {
    await dispose();
    throw error;
  }
}

interface NodeOptions {
  readonly nodeId: number;
  readonly port: number;
  /** With its properties. */
  readonly file: string;
  readonly jvmArguments: readonly string[];
}

/** One of them, which may be stopped and started again, where it was and with its data. */
class ApacheNode {
  readonly nodeId: number;
  readonly port: number;
  readonly file: string;
  readonly #jvmArguments: readonly string[];
  #child: Child | null = null;

  constructor({ nodeId, port, file, jvmArguments }: NodeOptions) {
    this.nodeId = nodeId;
    this.port = port;
    this.file = file;
    this.#jvmArguments = jvmArguments;
  }

  get pid(): number {
    return this.#child?.pid ?? -1;
  }

  /** Until it serves. */
  async start(): Promise<void> {
    this.#child = new Child({
      command: "java",
      args: [...this.#jvmArguments, loggingArgument("info"), "kafka.Kafka", this.file],
      env: { CLASSPATH: apacheKafkaClassPath() },
    });
    await this.#child.firstLine((line) => (line.includes("Kafka Server started") ? true : undefined), READY_MS_MAX);
  }

  /** SIGTERM. */
  async stop(): Promise<void> {
    await this.#child?.stop();
  }

  /** SIGKILL. */
  async kill(): Promise<void> {
    await this.#child?.kill();
  }
}

interface NodePorts {
  readonly nodeId: number;
  readonly port: number;
  readonly controllerPort: number;
}

function writeProperties(folder: string, node: NodePorts, more: Readonly<Record<string, string>>): string {
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
