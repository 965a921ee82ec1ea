/**
 * Three brokers and three members of etcd, each a process of its own, all on this machine or each broker on a host of its
 * own. What is started here is ended here, by its process id, and leaves nothing behind.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type SmallDisk, smallDisk } from "../../disk-full/small-disk.js";
import { type TemporaryFolder, temporaryFolder } from "../../support/temporary-folder.js";
import { rackOf } from "../workload/protocol.js";
import { BrokerProcess } from "./broker-process.js";
import type { CommandLine } from "./command-line.js";
import { EtcdMembers } from "./etcd-members.js";
import { freePorts } from "./free-ports.js";
import { Hosts } from "./hosts.js";

const nodeIds = [1, 2, 3] as const;
const ETCD_PORTS = 6;
const SMALL_DISK_BYTES = 32 * 1024 * 1024;

/** Everything that takes part; the clients have a host of their own too. */
export type HostName = "broker-1" | "broker-2" | "broker-3" | "etcd" | "client";
const hostNames: readonly HostName[] = ["broker-1", "broker-2", "broker-3", "etcd", "client"];

export interface RealClusterOptions {
  /** Each broker, etcd and the clients on hosts of their own. */
  readonly withHosts?: boolean;
  /** The broker whose data lie on a disk of a few megabytes. */
  readonly smallDiskOf?: number;
  readonly properties?: Readonly<Record<string, string>>;
}

export class RealCluster {
  readonly hosts: Hosts | null;
  readonly etcd: EtcdMembers;
  readonly brokers: readonly BrokerProcess[];
  readonly disk: SmallDisk | null;
  readonly #folder: TemporaryFolder;

  private constructor(parts: Parts) {
    this.hosts = parts.hosts;
    this.etcd = parts.etcd;
    this.disk = parts.disk;
    this.#folder = parts.folder;
    this.brokers = parts.brokers;
  }

  static async start(options: RealClusterOptions = {}): Promise<RealCluster> {
    const cluster = await RealCluster.#create(options);
    try {
      await Promise.all(cluster.brokers.map((broker) => broker.start()));
      return cluster;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  get folder(): string {
    return this.#folder.path;
  }

  get bootstrap(): string {
    return this.brokers.map(({ address: { host, port } }) => `${host}:${port}`).join(",");
  }

  broker(nodeId: number): BrokerProcess {
    const broker = this.brokers.find((each) => each.nodeId === nodeId);
    if (broker === undefined) throw new Error(`there is no broker ${nodeId}`);
    return broker;
  }

  onHost(name: HostName, command: string, args: readonly string[]): CommandLine {
    return this.hosts?.inside(name, command, args) ?? { command, args };
  }

  async stop(): Promise<void> {
    for (const broker of this.brokers) broker.resume();
    await Promise.all(this.brokers.map((broker) => broker.kill()));
    await this.etcd.killAll();
    await this.disk?.remove();
    this.hosts?.remove();
    this.#folder.remove();
  }

  static async #create(options: RealClusterOptions): Promise<RealCluster> {
    const folder = temporaryFolder("cluster");
    const hosts = options.withHosts ? Hosts.create(hostNames) : null;
    const ports = await freePorts(ETCD_PORTS + nodeIds.length);
    const addressOf = (name: HostName) => hosts?.address(name) ?? "127.0.0.1";
    const around = (name: HostName) => (command: string, args: readonly string[]) =>
      hosts?.inside(name, command, args) ?? { command, args };
    let disk: SmallDisk | null = null;
    try {
      disk = options.smallDiskOf === undefined ? null : await smallDisk(SMALL_DISK_BYTES);
      const place = { host: addressOf("etcd"), onHost: around("etcd") };
      const etcd = await EtcdMembers.start({ ...place, folder: folder.path, ports: ports.slice(0, ETCD_PORTS) });
      const brokers = nodeIds.map((nodeId) => {
        const host: HostName = `broker-${nodeId}`;
        const small = nodeId === options.smallDiskOf ? disk : null;
        const address = { host: addressOf(host), port: ports[ETCD_PORTS + nodeId - 1] ?? 0 };
        const data = join(small?.path ?? folder.path, `broker-${nodeId}`);
        const propertiesFile = join(folder.path, `node-${nodeId}.properties`);
        const properties = { ...propertiesOf(nodeId, address, etcd.endpoints, data), ...options.properties };
        writeFileSync(propertiesFile, linesOf(properties));
        if (small === null) mkdirSync(data);
        return new BrokerProcess({ nodeId, address, propertiesFile, around: small?.inside ?? around(host) });
      });
      return new RealCluster({ folder, hosts, etcd, disk, brokers });
    } catch (error) {
      await disk?.remove();
      hosts?.remove();
      folder.remove();
      throw error;
    }
  }
}

interface Parts {
  readonly folder: TemporaryFolder;
  readonly hosts: Hosts | null;
  readonly etcd: EtcdMembers;
  readonly disk: SmallDisk | null;
  readonly brokers: readonly BrokerProcess[];
}

function propertiesOf(nodeId: number, { host, port }: { host: string; port: number }, endpoints: string, data: string) {
  return {
    "node.id": String(nodeId),
    "broker.rack": rackOf(nodeId),
    listeners: `PLAINTEXT://${host}:${port}`,
    "log.dirs": data,
    "samsa.metadata.engine": "etcd",
    "samsa.metadata.etcd.endpoints": endpoints,
    // Readers ask every replica what it has.
    "replica.selector.class": "org.apache.kafka.common.replica.RackAwareReplicaSelector",
    "offsets.topic.num.partitions": "6",
    "transaction.state.log.num.partitions": "6",
    "group.initial.rebalance.delay.ms": "0",
    "transaction.abort.timed.out.transaction.cleanup.interval.ms": "1000",
  };
}

function linesOf(properties: Readonly<Record<string, string>>): string {
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
}
