/** What is looked at while a soak lasts: of each broker, of its folder, and of etcd. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import type { BrokerProcess } from "../machines/broker-process.js";
import type { RealCluster } from "../machines/real-cluster.js";

const KIB_PER_MB = 1_024;
const BYTES_PER_MB = 1_048_576;

/** By the name of the figure. */
export type Sample = Readonly<Record<string, number>>;

export function sampleOf({ pid, nodeId }: BrokerProcess, cluster: RealCluster, probes: string): Sample {
  const open = openFiles(pid);
  const told = probed(pid, probes);
  return {
    "RSS, MB": residentMb(pid),
    "heap alive, MB": (told.heapBytes ?? 0) / BYTES_PER_MB,
    "external, MB": (told.externalBytes ?? 0) / BYTES_PER_MB,
    sockets: open.filter((target) => target.startsWith("socket:")).length,
    "open files": open.filter((target) => target.startsWith("/")).length,
    "deleted files held": open.filter((target) => target.endsWith(" (deleted)")).length,
    "loop held p99, ms": told.holdP99Ms ?? 0,
    "loop held max, ms": told.holdMaxMs ?? 0,
    "files in its folder": filesIn(join(cluster.folder, `broker-${nodeId}`)),
  };
}

/** Of the member that is asked first; they all hold the same. */
export async function sampleOfEtcd({ etcd }: RealCluster): Promise<Sample> {
  try {
    const response = await fetch(`http://${etcd.endpoints.split(",")[0]}/metrics`);
    const text = await response.text();
    const of = (name: string) => Number(new RegExp(`^${name} (.*)$`, "m").exec(text)?.[1] ?? 0);
    const leases = ["granted", "revoked"].map((what) => of(`etcd_debugging_lease_${what}_total`));
    return {
      "database, MB": of("etcd_mvcc_db_total_size_in_bytes") / BYTES_PER_MB,
      "in use, MB": of("etcd_mvcc_db_total_size_in_use_in_bytes") / BYTES_PER_MB,
      keys: of("etcd_debugging_mvcc_keys_total"),
      watchers: of("etcd_debugging_mvcc_watcher_total"),
      "leases granted": leases[0] ?? 0,
      "leases ended": leases[1] ?? 0,
    };
  } catch {
    return {};
  }
}

function residentMb(pid: number): number {
  const found = /^VmRSS:\s+(\d+) kB/m.exec(readOrEmpty(`/proc/${pid}/status`));
  return Number(found?.[1] ?? 0) / KIB_PER_MB;
}

function openFiles(pid: number): readonly string[] {
  const folder = `/proc/${pid}/fd`;
  return listOrEmpty(folder).flatMap((name) => {
    try {
      return [readlinkSync(join(folder, name))];
    } catch {
      return [];
    }
  });
}

function filesIn(folder: string): number {
  return listOrEmpty(folder, true).length;
}

function listOrEmpty(folder: string, recursive = false): readonly string[] {
  try {
    return readdirSync(folder, { recursive, encoding: "utf8" });
  } catch {
    return [];
  }
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function probed(pid: number, folder: string): Readonly<Partial<Record<string, number>>> {
  const text = readOrEmpty(join(folder, `${pid}.json`));
  return text === "" ? {} : JSON.parse(text);
}
