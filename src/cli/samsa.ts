/**
 * Where the process begins. Compiling the command takes a fourth of the start, so the build keeps the compiled code for
 * its own version of Node. Any other one, from 22.1 on, keeps compiled code itself, but only for modules that are loaded
 * after this was switched on: so the command is a file of its own.
 */
import { existsSync, readFileSync } from "node:fs";
import module from "node:module";
import path from "node:path";
import { exitCodes } from "./exit-codes.js";
import { compiledFileOf, mainScript, runMain } from "./main-script.js";
import { nodeTooOld } from "./node-version.js";

const tooOld = nodeTooOld(process.versions.node);
if (tooOld !== null) {
  process.stderr.write(`samsa: ${tooOld}\n`);
  process.exit(exitCodes.failure);
}
const mainFile = path.join(import.meta.dirname, "main.cjs");
const compiledFile = compiledFileOf(mainFile);
if (existsSync(compiledFile)) {
  runMain(mainScript(mainFile, readFileSync(compiledFile)), mainFile);
} else {
  if ("enableCompileCache" in module && typeof module.enableCompileCache === "function") module.enableCompileCache();
  module.createRequire(mainFile)(mainFile);
}
