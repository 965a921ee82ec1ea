/** Samsa as a target: the built command, started as its users start it. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { Child } from "./child-process.js";
import { inRepository } from "./repository.js";
import {
  type Launched,
  type Launcher,
  startBrokerProcess,
  type TargetBroker,
  type TargetOptions,
} from "./target-broker.js";

const READY_MS_MAX = 20_000;

interface ReadyEvent {
  readonly event: "ready";
  readonly listeners: Readonly<Record<string, string>>;
}

export function startSamsa(options: SamsaOptions = {}): Promise<TargetBroker> {
  const launcher: Launcher = {
    target: "samsa",
    launch: (folder, port) => launchSamsa(folder, port, options),
    dataFolder: (folder) => join(folder, "data"),
  };
  return startBrokerProcess(launcher, options);
}

let isBuilt = false;

/** What is tested is what the sources say now. */
function buildOnce(): void {
  if (isBuilt) return;
  execFileSync(process.execPath, [inRepository("scripts", "build.mjs"), "--if-stale"], { stdio: "inherit" });
  isBuilt = true;
}

export interface SamsaOptions extends TargetOptions {
  /** For Node, before the command. */
  readonly nodeArguments?: readonly string[];
  /** A disk that only processes started inside of it see: there lies the data folder then. */
  readonly disk?: DiskOfItsOwn;
}

export interface DiskOfItsOwn {
  readonly path: string;
  /** The command line that runs another one inside. */
  inside(command: string, args: readonly string[]): { readonly command: string; readonly args: readonly string[] };
}

export async function launchSamsa(folder: string, port: number | null, options: SamsaOptions): Promise<Launched> {
  buildOnce();
  const settings = Object.entries(options.properties ?? {}).flatMap(([name, value]) => ["--set", `${name}=${value}`]);
  const startedMs = performance.now();
  const { disk, nodeArguments = [] } = options;
  const data = join(disk?.path ?? folder, "data");
  const script = [...nodeArguments, inRepository("dist", "samsa.js")];
  const args = [...script, "start", "--port", String(port ?? 0), "--data", data, "--json", ...settings];
  const command = disk?.inside(process.execPath, args) ?? { command: process.execPath, args };
  const child = new Child({ ...command, cwd: folder });
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
