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
  type TargetCluster,
  type TargetOptions,
} from "./target-broker.js";

const READY_MS_MAX = 20_000;

interface ReadyEvent {
  readonly event: "ready";
  readonly listeners: Readonly<Record<string, string>>;
}

interface ReadyClusterEvent {
  readonly event: "ready";
  readonly brokers: readonly { readonly listeners: Readonly<Record<string, string>> }[];
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

/** The command, built: what is tested is what the sources say now. */
export function builtCommand(): string {
  if (!isBuilt)
    execFileSync(process.execPath, [inRepository("scripts", "build.mjs"), "--if-stale"], { stdio: "inherit" });
  isBuilt = true;
  return inRepository("dist", "samsa.js");
}

export interface SamsaOptions extends TargetOptions {
  /** For Node, before the command. */
  readonly nodeArguments?: readonly string[];
  /** A disk that only processes started inside of it see: there lies the data folder then. */
  readonly disk?: DiskOfItsOwn;
  /** The built command, where it is not the one of this tree. */
  readonly script?: string;
}

export interface DiskOfItsOwn {
  readonly path: string;
  /** The command line that runs another one inside. */
  inside(command: string, args: readonly string[]): { readonly command: string; readonly args: readonly string[] };
}

export async function launchSamsa(folder: string, port: number | null, options: SamsaOptions): Promise<Launched> {
  const settings = settingsOf(options);
  const { disk, nodeArguments = [] } = options;
  const data = join(disk?.path ?? folder, "data");
  const script = [...nodeArguments, options.script ?? builtCommand()];
  const args = [...script, "start", "--port", String(port ?? 0), "--data", data, "--json", ...settings];
  const command = disk?.inside(process.execPath, args) ?? { command: process.execPath, args };
  const startedMs = performance.now();
  const child = new Child({ ...command, cwd: folder });
  const ready = await child.firstLine(readyEvent, READY_MS_MAX);
  const readyMs = performance.now() - startedMs;
  const address = Object.values(ready.listeners)[0] ?? "";
  return { child, port: Number(address.slice(address.lastIndexOf(":") + 1)), readyMs };
}

export interface SamsaClusterOptions extends Pick<SamsaOptions, "properties" | "script" | "nodeArguments"> {
  /** Where the data lies; in memory if not given. */
  readonly data?: string;
}

/** Three brokers in one process. */
export async function startSamsaCluster(options: SamsaClusterOptions): Promise<TargetCluster> {
  const { data, nodeArguments = [] } = options;
  const where = data === undefined ? ["--ephemeral"] : ["--data", data];
  const command = [
    ...nodeArguments,
    options.script ?? builtCommand(),
    "start",
    "--brokers",
    "3",
    "--port",
    "0",
    ...where,
  ];
  const args = [...command, "--json", ...settingsOf(options)];
  const child = new Child({ command: process.execPath, args });
  const ready = await child.firstLine(readyClusterEvent, READY_MS_MAX);
  return {
    bootstrapServers: ready.brokers.flatMap(({ listeners }) => Object.values(listeners)).join(","),
    pids: [child.pid],
    dispose: async () => {
      await child.stop();
    },
  };
}

function settingsOf({ properties = {} }: Pick<SamsaOptions, "properties">): string[] {
  return Object.entries(properties).flatMap(([name, value]) => ["--set", `${name}=${value}`]);
}

function readyClusterEvent(line: string): ReadyClusterEvent | undefined {
  if (!line.startsWith('{"event":"ready"')) return undefined;
  const event: ReadyClusterEvent = JSON.parse(line);
  return event;
}

function readyEvent(line: string): ReadyEvent | undefined {
  if (!line.startsWith('{"event":"ready"')) return undefined;
  const event: ReadyEvent = JSON.parse(line);
  return event;
}
