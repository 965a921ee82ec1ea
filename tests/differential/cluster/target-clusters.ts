/** The two clusters that are compared: three brokers each, every one a process that can be stopped and started again. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BrokerProcess } from "../../cluster/machines/broker-process.js";
import type { CommandLine } from "../../cluster/machines/command-line.js";
import { EtcdMembers } from "../../cluster/machines/etcd-members.js";
import { freePorts } from "../../cluster/machines/free-ports.js";
import { startApacheCluster } from "../../support/apache-cluster.js";
import type { Target } from "../../support/target-broker.js";
import { temporaryFolder } from "../../support/temporary-folder.js";

const nodeIds = [1, 2, 3];

const HOST = "127.0.0.1";
const ETCD_PORTS = 6;

/** Broker 1 is the controller of both, and is never stopped. */
export interface ComparedCluster {
  readonly host: string;
  readonly brokers: readonly ComparedBroker[];
  /** Where broker 1 hears what brokers ask of their controller. */
  readonly controllerPort: number;
  dispose(): Promise<void>;
}

export interface ComparedBroker {
  readonly nodeId: number;
  readonly port: number;
  start(): Promise<void>;
  stop(): Promise<unknown>;
  kill(): Promise<void>;
}

/** What both are told: nothing moves by itself, and a broker that was killed is soon missed. */
const properties = {
  "broker.session.timeout.ms": "3000",
  "broker.heartbeat.interval.ms": "300",
  "auto.leader.rebalance.enable": "false",
  "offsets.topic.num.partitions": "3",
  "transaction.state.log.num.partitions": "3",
  "group.initial.rebalance.delay.ms": "0",
  "default.replication.factor": "2",
  "num.partitions": "2",
  "log.retention.ms": "-1",
  "replica.selector.class": "org.apache.kafka.common.replica.RackAwareReplicaSelector",
};

export function startCluster(target: Target): Promise<ComparedCluster> {
  return target === "samsa" ? startSamsa() : startApache();
}

function rackOf(nodeId: number): string {
  return `rack-${nodeId}`;
}

/** They come and go often: nothing is worth a long look at the code. */
const jvmArguments = ["-Xms256m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"];

async function startApache(): Promise<ComparedCluster> {
  const { nodes, controllerPort, dispose } = await startApacheCluster({
    properties,
    jvmArguments,
    propertiesOf: (nodeId) => ({ "broker.rack": rackOf(nodeId) }),
  });
  return { host: HOST, brokers: nodes, controllerPort, dispose };
}

/** The built command. As in Apache Kafka, what brokers ask each other does not come in where clients do. */
async function startSamsa(): Promise<ComparedCluster> {
  const folder = temporaryFolder("compared-cluster");
  const ports = await freePorts(ETCD_PORTS + 2 * nodeIds.length);
  const [etcdPorts, clientPorts] = [ports.slice(0, ETCD_PORTS), ports.slice(ETCD_PORTS, ETCD_PORTS + nodeIds.length)];
  const peerPorts = ports.slice(ETCD_PORTS + nodeIds.length);
  const etcd = await EtcdMembers.start({ host: HOST, folder: folder.path, ports: etcdPorts, onHost: asItIs });
  const brokers = nodeIds.map((nodeId, index) => {
    const port = clientPorts[index] ?? 0;
    const propertiesFile = join(folder.path, `node-${nodeId}.properties`);
    const own = samsaProperties(nodeId, { port, peerPort: peerPorts[index] ?? 0, folder: folder.path });
    const lines = Object.entries({ ...own, "samsa.metadata.etcd.endpoints": etcd.endpoints });
    writeFileSync(propertiesFile, lines.map(([name, value]) => `${name}=${value}\n`).join(""));
    return new BrokerProcess({ nodeId, address: { host: HOST, port }, propertiesFile, around: asItIs });
  });
  const dispose = async () => {
    await Promise.all(brokers.map((broker) => broker.kill()));
    await etcd.killAll();
    folder.remove();
  };
  try {
    // Whoever comes first is the controller.
    for (const broker of brokers) await broker.start();
  } catch (error) {
    await dispose();
    throw error;
  }
  return { host: HOST, brokers, controllerPort: peerPorts[0] ?? 0, dispose };
}

function samsaProperties(nodeId: number, { port, peerPort, folder }: SamsaPlace): Readonly<Record<string, string>> {
  const data = join(folder, `broker-${nodeId}`);
  mkdirSync(data);
  return {
    ...properties,
    "node.id": String(nodeId),
    "broker.rack": rackOf(nodeId),
    listeners: `PLAINTEXT://${HOST}:${port},PEERS://${HOST}:${peerPort}`,
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,PEERS:PLAINTEXT",
    "inter.broker.listener.name": "PEERS",
    "log.dirs": data,
    "samsa.metadata.engine": "etcd",
  };
}

interface SamsaPlace {
  readonly port: number;
  readonly peerPort: number;
  readonly folder: string;
}

function asItIs(command: string, args: readonly string[]): CommandLine {
  return { command, args };
}
