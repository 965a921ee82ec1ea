/** A process of its own that runs seed after seed: an endless loop there stops no timer here. */
import { type ChildProcess, fork } from "node:child_process";
import type { SeedResult, SeedTask } from "./run-seeds.js";

/**
 * It needs none of the loaders with which this process was started. The garbage is collected by its own thread, since its
 * neighbours have seeds to run on the other cores, and less often.
 */
const NODE_OPTIONS = ["--single-threaded-gc", "--max-semi-space-size=32"];
/** A seed that takes longer has an endless loop. */
const SEED_MS_MAX = 120_000;

/** What is said of a seed of which nothing was heard. */
export const NO_RESULT = "the process ended, or did not come to an end";

export class SeedProcess {
  readonly #child: ChildProcess;
  readonly #gone: Promise<null>;
  hasEnded = false;

  /** `program` is what was built of `run-seeds.ts`. */
  constructor(program: string, play: string) {
    this.#child = fork(program, [play], { execArgv: NODE_OPTIONS });
    this.#gone = new Promise((resolve) => this.#child.once("exit", () => resolve(null)));
  }

  async run(task: SeedTask): Promise<SeedResult> {
    const result = await Promise.race([this.#ask(task), this.#gone]);
    if (result !== null) return result;
    this.hasEnded = true;
    return { seed: task.seed, summary: null, failure: NO_RESULT };
  }

  end(): void {
    this.#child.kill();
  }

  #ask(task: SeedTask): Promise<SeedResult> {
    return new Promise((resolve) => {
      const watchdog = setTimeout(() => this.#child.kill("SIGKILL"), SEED_MS_MAX).unref();
      this.#child.once("message", (result: SeedResult) => {
        clearTimeout(watchdog);
        resolve(result);
      });
      this.#child.send(task);
    });
  }
}
