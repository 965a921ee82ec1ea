/** A folder of a test's own, outside the repository, which the test removes. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface TemporaryFolder {
  readonly path: string;
  remove(): void;
}

export function temporaryFolder(name: string): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), `samsa-${name}-`));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
