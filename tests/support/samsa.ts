/** Samsa as a target: the built command, started as its users start it. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { Child } from "./child-process.js";
import { inRepository } from "./repository.js";
import { type Launched, startBrokerProcess, type TargetBroker, type TargetOptions } from "./target-broker.js";

const READY_MS_MAX = 20_000;

interface ReadyEvent {
  readonly event: "ready";
  readonly listeners: Readonly<Record<string, string>>;
}

export function startSamsa(options: TargetOptions = {}): Promise<TargetBroker> {
  return startBrokerProcess({
    target: "samsa",
    launch: (folder, port) => launch(folder, port, options),
    dataFolder: (folder) => join(folder, "data"),
  });
}

let isBuilt = false;

/** What is tested is what the sources say now. */
function buildOnce(): void {
  if (isBuilt) return;
  execFileSync(process.execPath, [inRepository("scripts", "build.mjs"), "--if-stale"], { stdio: "inherit" });
  isBuilt = true;
}

async function launch(folder: string, port: number | null, options: TargetOptions): Promise<Launched> {
  buildOnce();
  const settings = Object.entries(options.properties ?? {}).flatMap(([name, value]) => ["--set", `${name}=${value}`]);
  const startedMs = performance.now();
  const child = new Child({
    command: process.execPath,
    args: [
      inRepository("dist", "samsa.js"),
      "start",
      "--port",
      String(port ?? 0),
      "--data",
      join(folder, "data"),
      "--json",
      ...settings,
    ],
    cwd: folder,
  });
  const ready = await child.firstLine(readyEvent, READY_MS_MAX);
  const readyMs = performance.now() - startedMs;
  const address = Object.values(ready.listeners)[0] ?? "";
  return { child, port: Number(address.slice(address.lastIndexOf(":") + 1)), readyMs };
}

function readyEvent(line: string): ReadyEvent | undefined {
  if (!line.startsWith('{"event":"ready"')) return undefined;
  const event: ReadyEvent = JSON.parse(line);
  return event;
}
