/** `samsa cluster status`: who is there and who leads what; and what is wrong, with exit code 1 if anything is. */
import { hostAndPort } from "../../lib/host-and-port.js";
import { type ExitCode, exitCodes } from "../exit-codes.js";
import type { Output } from "../output.js";
import type { Admin } from "./asking/admin.js";
import {
  type BrokerView,
  type ClusterView,
  isLedByAnother,
  isMoving,
  type PartitionView,
  partitionName,
  viewBrokers,
  viewCluster,
} from "./asking/cluster-view.js";
import { askInternalWishes, type InternalWishes } from "./asking/internal-wishes.js";
import { isThrottled, MIN_IN_SYNC, topicSettings } from "./asking/settings.js";
import { askSizes, type BrokerSizes } from "./asking/sizes.js";
import { targetOf } from "./placed.js";
import { bytesText, counted, firstOf, table } from "./text.js";

export interface StatusOptions {
  readonly json: boolean;
}

interface Status {
  readonly clusterId: string;
  readonly controllerId: number;
  readonly brokers: readonly BrokerStatus[];
  readonly topics: number;
  readonly partitions: number;
  /** Nobody leads them. */
  readonly offline: readonly PartitionView[];
  /** Fewer replicas are in sync than there are. */
  readonly underReplicated: readonly PartitionView[];
  /** So few are in sync that acks=all is refused. */
  readonly underMinIsr: readonly PartitionView[];
  readonly moving: readonly PartitionView[];
  /** How many partitions another broker leads than the preferred one, although that one could. */
  readonly preferredReplicaImbalance: number;
  /** Topics of coordinators that could have more replicas. */
  readonly fewReplicas: readonly { readonly topic: string; readonly replicas: number; readonly wished: number }[];
}

interface BrokerStatus extends BrokerView {
  readonly leaders: number;
  readonly replicas: number;
  /** Null: it does not tell. */
  readonly bytes: number | null;
  readonly failedFolders: readonly string[];
  /** Its replication has a limit. */
  readonly isThrottled: boolean;
}

/** Longer lists are cut; `--json` has all. */
const NAMED_MAX = 20;
const NO_CONTROLLER =
  "There is no controller: topics, leaders and settings cannot change. The logs of the brokers say why.";

export async function showStatus(admin: Admin, { json }: StatusOptions, output: Output): Promise<ExitCode> {
  const status = await findStatus(admin);
  const problems = problemsIn(status);
  if (json) await output.print(JSON.stringify(asJson(status, problems)));
  else for (const line of lines(status, problems)) await output.print(line);
  return problems.length === 0 ? exitCodes.ok : exitCodes.failure;
}

async function findStatus(admin: Admin): Promise<Status> {
  const { brokers } = await viewBrokers(admin);
  const living = brokers.filter(({ isAlive }) => isAlive).map(({ id }) => id);
  const sizes = await askSizes(admin, living, null);
  // A broker that comes back after a crash answers when it has joined: what was seen before that is seen no more.
  const view = { ...(await viewCluster(admin)), brokers };
  const { clusterId, controllerId, partitions } = view;
  const underReplicated = partitions.filter((one) => one.isr.length < settledReplicas(one));
  return {
    ...{ clusterId, controllerId, underReplicated },
    brokers: await describeBrokers(admin, view, sizes),
    topics: new Set(partitions.map(({ topic }) => topic)).size,
    partitions: partitions.length,
    offline: partitions.filter(({ leader }) => leader < 0),
    underMinIsr: await belowMinimum(admin, underReplicated),
    moving: partitions.filter(isMoving),
    preferredReplicaImbalance: partitions.filter(isLedByAnother).length,
    fewReplicas: topicsWithFewReplicas(await askInternalWishes(admin, view), partitions),
  };
}

/** A factor that is not reached although there are brokers enough. What is on its way counts. */
function topicsWithFewReplicas(wishes: InternalWishes, partitions: readonly PartitionView[]): Status["fewReplicas"] {
  return [...wishes].flatMap(([topic, { replicas: wished }]) => {
    const counts = partitions.filter((one) => one.topic === topic).map((one) => targetOf(one).length);
    const replicas = Math.min(wished, ...counts);
    return replicas < wished ? [{ topic, replicas, wished }] : [];
  });
}

/** Those that are on their way need not be in sync yet. */
function settledReplicas({ replicas, adding }: PartitionView): number {
  return replicas.length - adding.length;
}

async function describeBrokers(
  admin: Admin,
  { brokers, partitions }: ClusterView,
  sizes: ReadonlyMap<number, BrokerSizes>,
): Promise<readonly BrokerStatus[]> {
  const throttled = await Promise.all(brokers.map(({ id }) => isThrottled(admin, id)));
  const leaders = countBy(partitions.map(({ leader }) => leader));
  const replicas = countBy(partitions.flatMap((one) => one.replicas));
  return brokers.map((broker, at) => {
    const size = sizes.get(broker.id);
    return {
      ...broker,
      leaders: leaders.get(broker.id) ?? 0,
      replicas: replicas.get(broker.id) ?? 0,
      bytes: size?.bytes ?? null,
      failedFolders: size?.failedFolders ?? [],
      isThrottled: throttled[at] ?? false,
    };
  });
}

function countBy(ids: readonly number[]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}

/** Only where some replica is out of sync there can be too few; of a topic with few replicas all are enough. */
async function belowMinimum(
  admin: Admin,
  underReplicated: readonly PartitionView[],
): Promise<readonly PartitionView[]> {
  const topics = [...new Set(underReplicated.map(({ topic }) => topic))];
  const needed = await topicSettings(admin, topics, MIN_IN_SYNC);
  return underReplicated.filter(
    (one) => one.isr.length < Math.min(Number(needed.get(one.topic) ?? 1), settledReplicas(one)),
  );
}

/** Sentences; none: all is well. */
function problemsIn(status: Status): readonly string[] {
  const { brokers, controllerId, offline, underReplicated, underMinIsr } = status;
  return [
    ...(controllerId < 0 ? [NO_CONTROLLER] : []),
    ...brokers.flatMap(brokerProblems),
    ...about(offline, "partition has no leader", "partitions have no leader"),
    ...about(underMinIsr, "partition refuses acks=all", "partitions refuse acks=all", ": too few replicas are in sync"),
    ...about(underReplicated, "partition is under-replicated", "partitions are under-replicated"),
  ];
}

function brokerProblems({ id, isAlive, bytes, failedFolders }: BrokerStatus): string[] {
  if (!isAlive) return [`Broker ${id} is registered, but does not run.`];
  if (bytes === null) return [`Broker ${id} does not answer.`];
  return failedFolders.map((folder) => `Broker ${id}: the folder ${folder} does not work.`);
}

function about(partitions: readonly PartitionView[], one: string, many: string, why = ""): string[] {
  return partitions.length === 0 ? [] : [`${counted(partitions.length, one, many)}${why}.`];
}

function* lines(status: Status, problems: readonly string[]): Generator<string> {
  const { clusterId, controllerId, brokers, topics, partitions, moving, fewReplicas } = status;
  const controller = controllerId < 0 ? "no controller" : `controller ${controllerId}`;
  const counts = [counted(brokers.length, "broker"), counted(topics, "topic"), counted(partitions, "partition")];
  yield `Cluster ${clusterId}: ${controller}, ${counts.join(", ")}`;
  yield "";
  yield* table([["BROKER", "RACK", "STATE", "LEADERS", "REPLICAS", "BYTES", "ADDRESS"], ...brokers.map(brokerRow)]);
  yield "";
  if (moving.length > 0) yield `${counted(moving.length, "partition")} on the move.`;
  const throttled = brokers.filter((one) => one.isThrottled).map(({ id }) => id);
  if (throttled.length > 0) {
    const isLeft = moving.length === 0 ? ", although nothing moves: `samsa cluster rebalance` takes that away" : "";
    yield `Replication is throttled on ${throttled.length === 1 ? "broker" : "brokers"} ${throttled.join(", ")}${isLeft}.`;
  }
  const imbalance = status.preferredReplicaImbalance;
  if (imbalance > 0) {
    const led = counted(imbalance, "partition is led by another broker", "partitions are led by other brokers");
    yield `${led} than preferred, as after a restart: the controller evens that out in minutes, \`samsa cluster rebalance\` at once.`;
  }
  for (const { topic, replicas, wished } of fewReplicas) {
    const has = `${topic} has ${counted(replicas, "replica")} and could have ${wished}`;
    yield `${has}, as it was made while there were fewer brokers: \`samsa cluster rebalance\` adds them.`;
  }
  if (problems.length === 0) yield "All is well.";
  yield* problems;
  // The worst first.
  const { offline, underMinIsr, underReplicated } = status;
  const named = [...new Set([...offline, ...underMinIsr, ...underReplicated])].map(partitionLine);
  for (const line of firstOf(named, NAMED_MAX)) yield `  ${line}`;
}

function brokerRow({ id, rack, isAlive, leaders, replicas, bytes, address }: BrokerStatus): readonly string[] {
  const size = bytes === null ? "-" : bytesText(bytes);
  return [`${id}`, rack ?? "-", isAlive ? "runs" : "away", `${leaders}`, `${replicas}`, size, hostAndPort(address)];
}

function partitionLine(one: PartitionView): string {
  const leader = one.leader < 0 ? "no leader" : `leader ${one.leader}`;
  return `${partitionName(one)}: ${leader}, replicas ${one.replicas.join(",")}, in sync ${one.isr.join(",") || "none"}`;
}

function asJson(status: Status, problems: readonly string[]) {
  const { brokers, offline, underReplicated, underMinIsr, moving, fewReplicas, ...rest } = status;
  return {
    ...rest,
    isWell: problems.length === 0,
    problems,
    brokers: brokers.map(({ address, ...broker }) => ({ ...broker, address: hostAndPort(address) })),
    ...{ offline, underMinIsr, underReplicated, moving, fewReplicas },
  };
}
