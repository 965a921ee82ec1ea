/** After the last fault all must come right again, soon: who works gets on, all replicas are in sync, nothing is lost. */
import type { Simulation } from "../../../src/environments/simulated/simulation.js";
import { invariant } from "../../../src/lib/invariant.js";
import { configKey, configResource, type TopicImage } from "../../../src/metadata/image/image.js";
import { ConnectionLost } from "../client.js";
import { audit } from "../crash/audit.js";
import { endAllTransactions } from "../crash/audit-ledger.js";
import type { MetadataObserver } from "./metadata-observer.js";
import { move } from "./mover.js";
import { PatientClient } from "./patient-client.js";
import { logBytes } from "./replica-bytes.js";
import type { SimulatedCluster } from "./simulated-cluster.js";
import type { Workload } from "./workload.js";

/** Nothing ends before: some bugs need time. */
const END_MS_MIN = 60_000;
const RECOVERY_MS_MAX = 40_000;
const POLL_MS = 200;
const REPLICAS = 3;

export interface Peace {
  readonly simulation: Simulation;
  readonly cluster: SimulatedCluster;
  readonly observer: MetadataObserver;
  readonly workload: Workload;
  readonly hasFailingDisks: boolean;
  /** The clients that could not do their work yet since peace began. */
  readonly idlers: () => readonly string[];
  readonly endWork: () => Promise<void>;
}

export async function makePeace({
  simulation,
  cluster,
  observer,
  workload,
  hasFailingDisks,
  ...work
}: Peace): Promise<void> {
  const client = workload.client("auditor");
  client.believesOnlyLeaders = true;
  const auditor = new PatientClient(client, (ms) => simulation.sleep(ms));
  await until(simulation, "every client gets on with its work", () => work.idlers());
  await work.endWork();
  await until(simulation, "all replicas are in sync", () => unsynced(auditor, observer));
  await audit(auditor, workload.expected, workload.groups);
  await endAllTransactions(auditor, workload.expected.ledger);
  await simulation.sleep(Math.max(0, END_MS_MIN - simulation.nowMs));
  for (const broker of cluster.brokers) await broker.stop();
  for (const topic of observer.image.topicsByName.values()) {
    if (!isCompacted(observer, topic)) replicasAreAlike(cluster, topic);
  }
  for (const broker of cluster.brokers) {
    const [bug] = broker.errors().filter((line) => !hasFailingDisks || JSON.parse(line).err?.type !== "FileError");
    invariant(bug === undefined, `no broker accuses itself: ${bug}`);
  }
}

/** The partitions of which not all replicas are in sync yet, three at least: one made during a move may have more. */
async function unsynced(auditor: PatientClient, { image }: MetadataObserver): Promise<readonly string[]> {
  const unsynced: string[] = [];
  for (const { name, partitions } of image.topicsByName.values()) {
    for (const [index, { replicas, removingReplicas, isr, leader }] of partitions.entries()) {
      if (removingReplicas.length === 0 && replicas.length < REPLICAS) {
        const others = [...image.brokers.keys()].filter((id) => !replicas.includes(id));
        await move(auditor, name, index, [...replicas, ...others].slice(0, REPLICAS)).catch(unlessLost);
      }
      const isWell = leader >= 0 && replicas.length >= REPLICAS && isr.length === replicas.length;
      if (!isWell) unsynced.push(`${name}-${index}`);
    }
  }
  return unsynced;
}

/** `exceptions` tells of whom it is not true yet. */
async function until(
  simulation: Simulation,
  what: string,
  exceptions: () => readonly string[] | Promise<readonly string[]>,
): Promise<void> {
  const endMs = simulation.nowMs + RECOVERY_MS_MAX;
  for (;;) {
    const left = await exceptions();
    if (left.length === 0) return;
    invariant(simulation.nowMs < endMs, `in peace ${what}, but not: ${left.join(", ")}`);
    await simulation.sleep(POLL_MS);
  }
}

/** Each broker compacts for itself. */
function isCompacted({ image }: MetadataObserver, { name }: TopicImage): boolean {
  return image.configs.get(configKey(configResource.topic, name))?.get("cleanup.policy") === "compact";
}

function replicasAreAlike({ brokers }: SimulatedCluster, { name, partitions }: TopicImage): void {
  for (const [partition, { replicas }] of partitions.entries()) {
    const hosts = brokers.filter((_, index) => replicas.includes(index + 1)).map(({ host }) => host);
    const logs = hosts.map((host) => logBytes(host, name, partition));
    // Each broker deletes for itself what lies before the first offset, segment by segment.
    const bytes = Math.min(...logs.map(({ length }) => length));
    const [first, ...others] = logs.map((log) => log.subarray(log.length - bytes));
    const areAlike = first !== undefined && others.every((other) => other.equals(first));
    invariant(areAlike, `the replicas of ${name}-${partition} are alike`);
  }
}

function unlessLost(failure: unknown): void {
  if (!(failure instanceof ConnectionLost)) throw failure;
}
