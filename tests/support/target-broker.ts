/** The broker under test: Samsa, or Apache Kafka itself, behind one small interface, so that every suite can measure both. */
import { cpSync } from "node:fs";
import type { Child } from "./child-process.js";
import { temporaryFolder } from "./temporary-folder.js";

export type Target = "samsa" | "apache";

export interface TargetBroker {
  readonly target: Target;
  readonly host: string;
  readonly port: number;
  /** `host:port`, as clients take it. */
  readonly bootstrapServers: string;
  /** Where the partition folders lie. */
  readonly dataFolder: string;
  readonly pid: number;
  /** From the start of the process to its word that it serves, at the last start. */
  readonly readyMs: number;
  /** The last part of what the broker wrote. */
  readonly output: string;
  /** SIGTERM, and waits for the end. Gives the exit code. */
  stop(): Promise<number | NodeJS.Signals>;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** Starts the stopped broker again: same folder, same port. */
  start(): Promise<void>;
  /** Ends the broker and removes its folder. */
  dispose(): Promise<void>;
}

/** Several brokers of one kind, as clients see them. */
export interface TargetCluster {
  /** All of them, parted by commas. */
  readonly bootstrapServers: string;
  /** Of all its processes. */
  readonly pids: readonly number[];
  /** Ends them and removes their folders. */
  dispose(): Promise<void>;
}

export interface TargetOptions {
  /** Broker properties under Kafka's names. */
  readonly properties?: Readonly<Record<string, string>>;
  /** The data folder of a broker that was stopped, of either kind: the new one begins with a copy of it. */
  readonly takesOver?: string;
}

/** What a kind of broker must know how to do: to start its process on a folder, and to tell when it serves. */
export interface Launcher {
  readonly target: Target;
  /** Starts the process; `port` is null at the first start of this folder. */
  launch(folder: string, port: number | null): Promise<Launched>;
  /** Where the partition folders lie, seen from the broker's own folder. */
  dataFolder(folder: string): string;
}

export interface Launched {
  readonly child: Child;
  readonly port: number;
  readonly readyMs: number;
}

export async function startBrokerProcess(launcher: Launcher, { takesOver }: TargetOptions): Promise<TargetBroker> {
  const folder = temporaryFolder(launcher.target);
  let now: Launched;
  try {
    if (takesOver !== undefined) cpSync(takesOver, launcher.dataFolder(folder.path), { recursive: true });
    now = await launcher.launch(folder.path, null);
  } catch (error) {
    folder.remove();
    throw error;
  }
  const port = now.port;
  return {
    target: launcher.target,
    host: "127.0.0.1",
    port,
    bootstrapServers: `127.0.0.1:${port}`,
    dataFolder: launcher.dataFolder(folder.path),
    get pid() {
      return now.child.pid;
    },
    get readyMs() {
      return now.readyMs;
    },
    get output() {
      return now.child.output;
    },
    stop: () => now.child.stop(),
    kill: () => now.child.kill(),
    start: async () => {
      now = await launcher.launch(folder.path, port);
    },
    dispose: async () => {
      await now.child.stop();
      folder.remove();
    },
  };
}
