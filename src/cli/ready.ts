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

export function readyLine(ready: Ready): string {
  const listeners = [...ready.listeners].map(([name, address]) => `${name}://${hostAndPort(address)}`).join(", ");
  const data = ready.dataFolder === null ? "data in memory" : `data in ${ready.dataFolder}`;
  return (
    `Samsa is ready on ${listeners}: cluster ${ready.clusterId}, node ${ready.nodeId}, ` +
    `${data}, started in ${ready.startupMs} ms`
  );
}

export function readyJson(ready: Ready): string {
  const { clusterId, nodeId, dataFolder, startupMs } = ready;
  const listeners = Object.fromEntries([...ready.listeners].map(([name, address]) => [name, hostAndPort(address)]));
  return JSON.stringify({ event: "ready", listeners, clusterId, nodeId, dataFolder, startupMs });
}
