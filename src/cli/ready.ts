/** What the command says when the broker serves: one line for people, one JSON object for programs. */
import type { Address } from "../lib/environment.js";
import { hostAndPort } from "../lib/host-and-port.js";

export interface Ready {
  /** The real address of each listener, by name. */
  readonly listeners: ReadonlyMap<string, Address>;
  readonly clusterId: string;
  readonly nodeId: number;
  /** `null`: the data is in memory. */
  readonly dataFolder: string | null;
  /** From the start of the process. */
  readonly startupMs: number;
}

export interface ReadyCluster {
  /** By rising node id, with the real addresses of their listeners. */
  readonly brokers: readonly Pick<Ready, "nodeId" | "listeners">[];
  readonly clusterId: string;
  readonly dataFolder: string | null;
  readonly startupMs: number;
}

export function readyLine(ready: Ready): string {
  return (
    `Samsa is ready on ${listenersOf(ready)}: cluster ${ready.clusterId}, node ${ready.nodeId}, ` +
    `${dataOf(ready)}, started in ${ready.startupMs} ms`
  );
}

/** One line for all brokers, and one for each. */
export function readyClusterLine(ready: ReadyCluster): string {
  const { brokers, clusterId, startupMs } = ready;
  const first = `Samsa is ready: cluster ${clusterId} of ${brokers.length} nodes, ${dataOf(ready)}, started in ${startupMs} ms`;
  return [first, ...brokers.map((broker) => `  node ${broker.nodeId} on ${listenersOf(broker)}`)].join("\n");
}

function listenersOf({ listeners }: Pick<Ready, "listeners">): string {
  return [...listeners].map(([name, address]) => `${name}://${hostAndPort(address)}`).join(", ");
}

function dataOf({ dataFolder }: Pick<Ready, "dataFolder">): string {
  return dataFolder === null ? "data in memory" : `data in ${dataFolder}`;
}

export function readyJson(ready: Ready): string {
  const { clusterId, nodeId, dataFolder, startupMs } = ready;
  return JSON.stringify({ event: "ready", listeners: inJson(ready), clusterId, nodeId, dataFolder, startupMs });
}

export function readyClusterJson({ brokers, clusterId, dataFolder, startupMs }: ReadyCluster): string {
  const each = brokers.map((broker) => ({ nodeId: broker.nodeId, listeners: inJson(broker) }));
  return JSON.stringify({ event: "ready", brokers: each, clusterId, dataFolder, startupMs });
}

function inJson({ listeners }: Pick<Ready, "listeners">): Readonly<Record<string, string>> {
  return Object.fromEntries([...listeners].map(([name, address]) => [name, hostAndPort(address)]));
}
