/** One of the brokers that are compared, and what the system says of its process. */
import { readFileSync } from "node:fs";
import { cpuSecondsOf } from "../process-cpu.js";

export type ContenderName = "apache" | "samsa" | "kfake";

/** What every contender is, however it was started. */
export interface Contender {
  readonly name: ContenderName;
  readonly pid: number;
  readonly port: number;
  /** From the start of the process to its word that it serves; null where the process does not say so itself. */
  readonly readyMs: number | null;
  stop(): Promise<void>;
}

export function cpuSeconds({ pid }: Contender): number {
  return cpuSecondsOf(pid);
}

/** What the process holds of the machine's memory now. Only Linux tells it. */
export function residentMb({ pid }: Contender): number {
  return statusMb(pid, "VmRSS");
}

/** The most it has held so far. */
export function residentPeakMb({ pid }: Contender): number {
  return statusMb(pid, "VmHWM");
}

const KIB = 1024;
const BYTES_PER_MB = 1_000_000;

function statusMb(pid: number, name: string): number {
  const line = readFileSync(`/proc/${pid}/status`, "utf8")
    .split("\n")
    .find((one) => one.startsWith(`${name}:`));
  return (Number.parseInt(line?.slice(name.length + 1) ?? "", 10) * KIB) / BYTES_PER_MB;
}
