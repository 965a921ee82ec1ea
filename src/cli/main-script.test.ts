import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { compiledFileOf, mainScript, runMain } from "./main-script.js";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "samsa-main-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A command that leaves a file behind. V8 remembers every text that it has compiled, so each gets one of its own. */
function writeCommand(name: string): string {
  const mainFile = join(folder, `${name}.cjs`);
  writeFileSync(mainFile, `require("node:fs").writeFileSync(__filename + ".ran", "${name}");\n`);
  return mainFile;
}

function ran(mainFile: string): boolean {
  return existsSync(`${mainFile}.ran`);
}

test("the command runs with `require` and its own file name", () => {
  const mainFile = writeCommand("main");
  runMain(mainScript(mainFile), mainFile);
  expect(ran(mainFile)).toBe(true);
});

test("compiled code that is empty, strange or cut off is refused, and the command runs all the same", () => {
  const whole = mainScript(writeCommand("whole")).createCachedData();
  const pieces = { empty: Buffer.alloc(0), strange: Buffer.from("strange"), short: whole.subarray(0, -8) };
  for (const [name, compiled] of Object.entries(pieces)) {
    const mainFile = writeCommand(name);
    const script = mainScript(mainFile, compiled);
    expect(script.cachedDataRejected).toBe(true);
    runMain(script, mainFile);
    expect(ran(mainFile)).toBe(true);
  }
});

test("compiled code is kept apart by version of Node and kind of machine", () => {
  expect(compiledFileOf("main.cjs")).toContain(process.version);
  expect(compiledFileOf("main.cjs")).toContain(process.arch);
});
