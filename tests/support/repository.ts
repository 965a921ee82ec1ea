/** Where this repository lies, for tests that run its commands and use its cache. */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const repositoryFolder = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** A path inside the repository. */
export function inRepository(...parts: string[]): string {
  return join(repositoryFolder, ...parts);
}
