/** What a test and the process of its workload say to each other: options as the argument, JSON lines back. */
import type { Address } from "../../../src/lib/environment.js";

export interface WorkloadOptions {
  readonly bootstrap: readonly (Address & { readonly nodeId: number })[];
  readonly topic: string;
  readonly partitions: number;
  /** Where the history is written in the end. */
  readonly historyFile: string;
}

/** Told several times a second; every broker is asked in turn, and the latest view counts. */
export interface Progress {
  readonly event: "progress";
  /** By partition: batches of idempotent writers that were acknowledged. */
  readonly acknowledged: readonly number[];
  readonly leaders: readonly number[];
  readonly isr: readonly (readonly number[])[];
  readonly controllerId: number;
}

export function rackOf(nodeId: number): string {
  return `rack-${nodeId}`;
}

export function progressIn(line: string): Progress | undefined {
  if (!line.startsWith('{"event":"progress"')) return undefined;
  const progress: Progress = JSON.parse(line);
  return progress;
}
