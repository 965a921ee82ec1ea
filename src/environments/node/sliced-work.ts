import type { Job } from "../../lib/environment.js";
import { monotonicMs } from "./monotonic.js";

/** How long the work may hold the loop at a time. */
const SLICE_MS = 0.5;

/** Jobs of pure CPU work, one slice of one job per turn of the loop, in turn: however many there are, clients are served. */
export class SlicedWork {
  readonly #queue: Slices[] = [];
  #scheduled = false;

  run<I, O>(job: Job<I, O>, input: I): Promise<O> {
    return new Promise((resolve, reject) => {
      const steps = job.run(input);
      this.#queue.push({
        slice: () => {
          const untilMs = monotonicMs() + SLICE_MS;
          do {
            const step = steps.next();
            if (step.done === true) {
              resolve(step.value);
              return "ended";
            }
          } while (monotonicMs() < untilMs);
          return "more";
        },
        reject,
      });
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#scheduled || this.#queue.length === 0) return;
    this.#scheduled = true;
    setImmediate(this.#turn);
  }

  readonly #turn = (): void => {
    this.#scheduled = false;
    const work = this.#queue.shift();
    if (work === undefined) return;
    try {
      if (work.slice() === "more") this.#queue.push(work);
    } catch (error) {
      work.reject(error);
    }
    this.#schedule();
  };
}

interface Slices {
  slice(): "more" | "ended";
  reject(why: unknown): void;
}
