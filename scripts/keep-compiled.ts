/** Starts a broker as the command does, and keeps the code that V8 compiled until it was ready (see src/cli/samsa.ts). */
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compiledFileOf, mainScript, runMain } from "../src/cli/main-script.js";

const mainFile = join(import.meta.dirname, "..", "dist", "main.cjs");
const folder = mkdtempSync(join(tmpdir(), "samsa-build-"));
process.on("exit", () => rmSync(folder, { recursive: true }));

const script = mainScript(mainFile);
process.argv.push("start", "--port", "0", "--data", folder, "--json", "--set", "samsa.log.level=warn");
// The first line on stdout is the ready event.
process.stdout.write = () => {
  const compiledFile = compiledFileOf(mainFile);
  writeFileSync(`${compiledFile}.new`, script.createCachedData());
  renameSync(`${compiledFile}.new`, compiledFile);
  return process.kill(process.pid, "SIGTERM");
};
runMain(script, mainFile);
