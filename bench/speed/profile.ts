/**
 * A CPU profile of Samsa under each row, kept as .cache/bench/profiles/ROW.cpuprofile, which Chrome's developer tools show
 * as a flame graph; and a short list of where the time goes.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { buildSync } from "esbuild";
import { inRepository } from "../../tests/support/repository.js";
import { startSamsa } from "../../tests/support/samsa.js";
import type { Contender } from "./contender.js";
import type { Samples } from "./figures.js";
import { warmUp } from "./rounds.js";
import type { Workload } from "./workload.js";

const POLL_MS = 20;
const TOP = 20;
const folder = inRepository(".cache", "bench", "profiles");
const fresh = join(folder, "fresh");

interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** Gives the exit code. */
export async function runProfiles(workloads: readonly Workload[], scale: number): Promise<number> {
  mkdirSync(folder, { recursive: true });
  const profiler = `${fresh}.mjs`;
  buildSync({ entryPoints: [inRepository("bench", "speed", "profiler.ts")], outfile: profiler, format: "esm" });
  process.env.PROFILE_FILE = fresh;
  const broker = await startSamsa({ nodeArguments: ["--import", profiler] });
  const { pid, port, readyMs } = broker;
  const contender: Contender = { name: "samsa", pid, port, readyMs, stop: () => broker.dispose() };
  try {
    await warmUp(contender, scale);
    const shown: Samples[] = [];
    for (const workload of workloads) {
      const observe = <T>(load: () => Promise<T>) => profiled(pid, workload.name, load);
      const samples = await workload.run({ ...contender, observe }, { topic: `bench-${workload.name}`, scale, shown });
      shown.push(samples);
      console.log(`  ${JSON.stringify(samples)}`);
    }
    return 0;
  } finally {
    await contender.stop();
  }
}

async function profiled<T>(pid: number, name: string, load: () => Promise<T>): Promise<T> {
  await toggle(pid);
  try {
    return await load();
  } finally {
    await toggle(pid);
    const file = join(folder, `${name}.cpuprofile`);
    renameSync(fresh, file);
    console.log(`\n${name}: ${file}`);
    tellTop(JSON.parse(readFileSync(file, "utf8")));
  }
}

/** The profiler answers by a file. */
async function toggle(pid: number): Promise<void> {
  rmSync(fresh, { force: true });
  process.kill(pid, "SIGUSR2");
  while (!existsSync(fresh)) await sleep(POLL_MS);
}

/** Of the functions themselves, without what they call; shares of the time in which the broker was not idle. */
function tellTop({ nodes, samples, timeDeltas }: CpuProfile): void {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const times = new Map<string, number>();
  for (const [index, id] of samples.entries()) {
    const name = names.get(id) ?? "";
    times.set(name, (times.get(name) ?? 0) + (timeDeltas[index] ?? 0));
  }
  const idleUs = times.get("(idle)") ?? 0;
  // The last one is the profiler itself.
  for (const name of ["(idle)", "dispatch"]) times.delete(name);
  const busyUs = [...times.values()].reduce((sum, us) => sum + us, 0);
  console.log(`  busy for ${(busyUs / 1e6).toFixed(2)} s, idle for ${(idleUs / 1e6).toFixed(2)} s`);
  const top = [...times].sort(([, one], [, other]) => other - one).slice(0, TOP);
  for (const [name, us] of top) console.log(`  ${((100 * us) / busyUs).toFixed(1).padStart(5)} %  ${name}`);
}

function nameOf({ functionName, url, lineNumber }: CpuProfile["nodes"][number]["callFrame"]): string {
  const name = functionName === "" ? "(anonymous)" : functionName;
  return url === "" ? name : `${name}  ${url.slice(url.lastIndexOf("/") + 1)}:${lineNumber + 1}`;
}
