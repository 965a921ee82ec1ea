/**
 * Files that are deleted already and wait for their removal. The system takes a tenth of a second for a file of a
 * gigabyte, so a large one is cut down piece by piece before its name goes.
 */
import { type Cancellable, type Environment, FileError, type Files } from "../lib/environment.js";

/** Cut off at a time. */
const CUT_BYTES = 4 * 1024 * 1024;

export class Removals {
  readonly #environment: Pick<Environment, "clock" | "files" | "offload">;
  readonly #waiting = new Set<Cancellable>();

  constructor(environment: Pick<Environment, "clock" | "files" | "offload">) {
    this.#environment = environment;
  }

  /** Files or folders of files. What a stop leaves is removed at the next start. */
  later(paths: readonly string[], delayMs: number): void {
    const environment = this.#environment;
    const { clock, files } = environment;
    const waiting = clock.at(clock.monotonicMs() + delayMs, () => {
      this.#waiting.delete(waiting);
      void environment.offload({ name: "remove deleted files", run: () => removeAll(files, paths) }, null);
    });
    this.#waiting.add(waiting);
  }

  cancel(): void {
    for (const waiting of this.#waiting) waiting.cancel();
    this.#waiting.clear();
  }
}

function* removeAll(files: Files, paths: readonly string[]): Generator<void, void, void> {
  try {
    // Their new names are made durable first: a file that comes back under its old one must have all its bytes.
    for (const folder of new Set(paths.map((path) => path.slice(0, path.lastIndexOf("/"))))) files.syncFolder(folder);
    for (const path of paths) {
      const isFolder = files.stat(path)?.isFolder ?? false;
      for (const file of isFolder ? files.list(path).map((name) => `${path}/${name}`) : [path]) {
        yield* cutDown(files, file);
        files.remove(file);
      }
      files.remove(path);
      yield;
    }
  } catch (error) {
    // The disk failed: the next start tries again.
    if (!(error instanceof FileError)) throw error;
  }
}

function* cutDown(files: Files, path: string): Generator<void, void, void> {
  const stat = files.stat(path);
  if (stat === null || stat.isFolder || stat.bytes <= CUT_BYTES) return;
  const file = files.open(path, "write");
  try {
    for (let bytes = stat.bytes - CUT_BYTES; bytes > 0; bytes -= CUT_BYTES) {
      file.truncate(bytes);
      yield;
    }
  } finally {
    file.close();
  }
}
