/** Files that are deleted already and wait for their removal. The system does that beside other work, one after the other. */
import { type Cancellable, type Environment, FileError } from "../../lib/environment.js";

export class Removals {
  readonly #environment: Pick<Environment, "clock" | "files">;
  readonly #waiting = new Set<Cancellable>();

  constructor(environment: Pick<Environment, "clock" | "files">) {
    this.#environment = environment;
  }

  /** Files or folders of files. What a stop leaves is removed at the next start. */
  later(paths: readonly string[], delayMs: number): void {
    const { clock } = this.#environment;
    const waiting = clock.at(clock.monotonicMs() + delayMs, () => {
      this.#waiting.delete(waiting);
      void this.#remove(paths);
    });
    this.#waiting.add(waiting);
  }

  cancel(): void {
    for (const waiting of this.#waiting) waiting.cancel();
    this.#waiting.clear();
  }

  async #remove(paths: readonly string[]): Promise<void> {
    const { files } = this.#environment;
    try {
      // Their new names are made durable first: a file that comes back under its old one must have all its bytes.
      const folders = new Set(paths.map((path) => path.slice(0, path.lastIndexOf("/"))));
      for (const folder of folders) await files.syncFolderInPool(folder);
      for (const path of paths) await files.removeInPool(path);
    } catch (error) {
      // The disk failed: the next start tries again.
      if (!(error instanceof FileError)) throw error;
    }
  }
}
