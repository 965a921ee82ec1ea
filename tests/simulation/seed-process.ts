/** A process of its own that runs seed after seed: an endless loop there stops no timer here. */
import { type ChildProcess, fork } from "node:child_process";
import type { SeedResult } from "./run-seeds.js";

/** A seed that takes longer has an endless loop. */
const SEED_MS_MAX = 120_000;

export class SeedProcess {
  readonly #child: ChildProcess;
  readonly #gone: Promise<null>;
  hasEnded = false;

  /** `program` is `run-seeds.ts`, or what was built of it. */
  constructor(program: URL | string, play: string) {
    this.#child = fork(program, [play]);
    this.#gone = new Promise((resolve) => this.#child.once("exit", () => resolve(null)));
  }

  async run(seed: number): Promise<SeedResult> {
    const result = await Promise.race([this.#ask(seed), this.#gone]);
    if (result !== null) return result;
    this.hasEnded = true;
    return { seed, summary: null, failure: "the process ended, or did not come to an end" };
  }

  end(): void {
    this.#child.kill();
  }

  #ask(seed: number): Promise<SeedResult> {
    return new Promise((resolve) => {
      const watchdog = setTimeout(() => this.#child.kill("SIGKILL"), SEED_MS_MAX).unref();
      this.#child.once("message", (result: SeedResult) => {
        clearTimeout(watchdog);
        resolve(result);
      });
      this.#child.send(seed);
    });
  }
}
