/** One of the brokers that are compared, and what the system says of its process. */
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpuSecondsOf } from "../process-cpu.js";

export type ContenderName = "apache" | "samsa" | "kfake";

/** What every contender is, however it was started. */
export interface Contender {
  readonly name: ContenderName;
  readonly pid: number;
  readonly port: number;
  /** From the start of the process to its word that it serves; null where the process does not say so itself. */
  readonly readyMs: number | null;
  /** Looks at it while it is under load. */
  readonly observe?: <T>(load: () => Promise<T>) => Promise<T>;
  stop(): Promise<void>;
}

type ItsProcess = Pick<Contender, "pid">;

export function cpuSeconds({ pid }: ItsProcess): number {
  return cpuSecondsOf(pid);
}

/** What the process holds of the machine's memory now. Only Linux tells it. */
export function residentMb({ pid }: ItsProcess): number {
  return statusMb(pid, "VmRSS");
}

/** The most it has held since `forgetResidentPeak`. */
export function residentPeakMb({ pid }: ItsProcess): number {
  return statusMb(pid, "VmHWM");
}

/** The peak begins anew at what the process holds now. */
export function forgetResidentPeak({ pid }: ItsProcess): void {
  writeFileSync(`/proc/${pid}/clear_refs`, "5");
}

const LOOK_MS = 1_000;

/** Clients of a broker that has died try on for minutes: nobody waits for them. */
export async function whileAlive<T>({ pid }: ItsProcess, work: Promise<T>): Promise<T> {
  const dead = new AbortController();
  const looking = setInterval(() => {
    if (!existsSync(`/proc/${pid}`)) dead.abort();
  }, LOOK_MS);
  const died = once(dead.signal, "abort").then(() => {
    throw new Error("the broker has ended under the load");
  });
  try {
    return await Promise.race([work, died]);
  } finally {
    clearInterval(looking);
  }
}

const KIB = 1024;
const BYTES_PER_MB = 1_000_000;

function statusMb(pid: number, name: string): number {
  const line = readFileSync(`/proc/${pid}/status`, "utf8")
    .split("\n")
    .find((one) => one.startsWith(`${name}:`));
  return (Number.parseInt(line?.slice(name.length + 1) ?? "", 10) * KIB) / BYTES_PER_MB;
}
