/** A folder of a test's own, outside the repository, which the test removes; at the latest it goes when the process ends. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { atExit } from "./at-exit.js";

export interface TemporaryFolder {
  readonly path: string;
  remove(): void;
}

export function temporaryFolder(name: string): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), `samsa-${name}-`));
  // A process that was only just killed may still be writing.
  const remove = () => rmSync(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  const callOff = atExit(remove);
  return {
    path,
    remove: () => {
      remove();
      callOff();
    },
  };
}
