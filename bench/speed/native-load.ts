/** The light load, a Go program on franz-go: built once for a run, and run to its end or until it is told to end. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { atExit } from "../../tests/support/at-exit.js";
import { inRepository } from "../../tests/support/repository.js";
import { runCommandToSuccess } from "../../tests/support/run-command.js";
import { Refusal } from "../command/run-bench.js";
import { type Contender, whileAlive } from "./contender.js";

export interface LoadOutcome {
  readonly records: number;
  readonly bytes: number;
  readonly seconds: number;
  /** Where the load counts them. */
  readonly requests?: number;
  /** Of a tool that tells its percentiles in whole milliseconds. */
  readonly meanLatencyMs?: number;
  readonly latencyMs?: { readonly p50: number; readonly p99: number; readonly p999: number };
}

/** What takes longer hangs. */
export const LOAD_MS_MAX = 600_000;
/** A load whose broker is gone may wait for it for long. */
const END_MS_MAX = 20_000;
const program = inRepository(".cache", "bench", "native");

/** Go finds out by itself whether there is anything to build. */
export function buildNativeLoad(): void {
  try {
    execFileSync("go", ["build", "-o", program, "."], {
      cwd: inRepository("bench", "speed", "native"),
      stdio: "inherit",
    });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Refusal(`The light load needs Go (bench/speed/native/go.mod says which): ${why}.`);
  }
}

export async function runNative(
  load: "produce" | "fetch" | "latency" | "fan" | "beside" | "raw",
  { port }: Pick<Contender, "port">,
  words: Readonly<Record<string, string | number>>,
): Promise<LoadOutcome> {
  const args = [load, "--bootstrap", `127.0.0.1:${port}`, ...flags(words)];
  const { stdout } = await runCommandToSuccess(program, args, { timeoutMs: LOAD_MS_MAX });
  const outcome: LoadOutcome = JSON.parse(stdout);
  return outcome;
}

/** Holds a load while `look` looks at the broker. */
export async function whileNative<T>(
  load: "idle" | "groups",
  contender: Contender,
  words: Readonly<Record<string, string | number>>,
  look: () => Promise<T>,
): Promise<T> {
  const held = start([load, "--bootstrap", `127.0.0.1:${contender.port}`, ...flags(words)]);
  try {
    await whileAlive(contender, held.firstLine);
    return await look();
  } finally {
    await held.end();
  }
}

/** franz-go's own broker in memory. It listens on a port of its choice. */
export async function startFake(): Promise<Contender> {
  const fake = start(["kfake"]);
  const address = await fake.firstLine;
  const port = Number(address.slice(address.lastIndexOf(":") + 1));
  return { name: "kfake", pid: fake.pid, port, readyMs: null, stop: fake.end };
}

interface Held {
  readonly pid: number;
  readonly firstLine: Promise<string>;
  end(): Promise<void>;
}

/** The program runs until a line comes, or until its standard input ends. */
function start(args: readonly string[]): Held {
  const child: ChildProcess = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
  const callOffKill = atExit(() => void child.kill("SIGKILL"));
  const ended = once(child, "exit").finally(callOffKill);
  const { stdout, stdin } = child;
  if (stdout === null || stdin === null) throw new Error("the load has no standard streams");
  const firstLine = new Promise<string>((resolve, reject) => {
    createInterface({ input: stdout }).once("line", resolve);
    void ended.then(() => reject(new Error(`the load ${args[0]} ended before it was up`)));
  });
  const end = async () => {
    stdin.end("\n");
    const impatience = setTimeout(() => child.kill("SIGKILL"), END_MS_MAX);
    await ended;
    clearTimeout(impatience);
  };
  return { pid: child.pid ?? -1, firstLine, end };
}

function flags(words: Readonly<Record<string, string | number>>): string[] {
  return Object.entries(words).flatMap(([name, value]) => [`--${name}`, String(value)]);
}
