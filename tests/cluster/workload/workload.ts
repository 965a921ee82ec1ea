/** The workload of a test, seen from the test: it is started, watched, and ended; what is left is its history. */
import { createReadStream, existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Child } from "../../support/child-process.js";
import { inRepository } from "../../support/repository.js";
import type { HistoryEvent } from "../checker/history.js";
import type { RealCluster } from "../machines/real-cluster.js";
import { type Progress, progressIn, type WorkloadOptions } from "./protocol.js";

const TOPIC = "tortured";
const PARTITIONS = 3;
const START_MS_MAX = 90_000;
const PATIENCE_MS = 90_000;
const END_MS_MAX = 200_000;

export class Workload {
  readonly #child: Child;
  readonly #historyFile: string;

  private constructor(child: Child, historyFile: string) {
    this.#child = child;
    this.#historyFile = historyFile;
  }

  /** Returns when everybody writes and reads. */
  static async start(cluster: RealCluster): Promise<Workload> {
    const historyFile = join(cluster.folder, "history.jsonl");
    const options: WorkloadOptions = {
      bootstrap: cluster.brokers.map(({ nodeId, address }) => ({ nodeId, ...address })),
      ...{ topic: TOPIC, partitions: PARTITIONS, historyFile },
    };
    const script = inRepository("tests", "cluster", "workload", "main.ts");
    const args = ["--import", "tsx", script, JSON.stringify(options)];
    const child = new Child(cluster.onHost("client", process.execPath, args));
    const workload = new Workload(child, historyFile);
    await child.firstLine(progressIn, START_MS_MAX);
    return workload;
  }

  /** The first report that is so. */
  until(holds: (progress: Progress) => boolean): Promise<Progress> {
    const pick = (line: string) => {
      const progress = progressIn(line);
      return progress !== undefined && holds(progress) ? progress : undefined;
    };
    return this.#child.firstLine(pick, PATIENCE_MS);
  }

  progress(): Promise<Progress> {
    return this.until(() => true);
  }

  /** Until so many more batches were acknowledged in every partition. */
  async more(batches: number): Promise<void> {
    const before = (await this.progress()).acknowledged;
    await this.until(({ acknowledged }) => acknowledged.every((now, at) => now >= (before[at] ?? 0) + batches));
  }

  /** Until every partition has a leader and three replicas in sync. */
  async untilWhole(): Promise<void> {
    await this.until(({ leaders, isr }) => leaders.every((id) => id >= 0) && isr.every(({ length }) => length === 3));
  }

  /** The writers stop, and everything is read back; all brokers must run. */
  async end(): Promise<readonly HistoryEvent[]> {
    await this.#child.stop(END_MS_MAX);
    if (!existsSync(this.#historyFile)) throw new Error(`the workload ended without a history:\n${this.#child.output}`);
    const history: HistoryEvent[] = [];
    for await (const line of createInterface({ input: createReadStream(this.#historyFile) })) {
      history.push(JSON.parse(line));
    }
    return history;
  }

  kill(): Promise<void> {
    return this.#child.kill();
  }
}
