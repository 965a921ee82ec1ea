import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { compiledFileOf, mainScript } from "../../src/cli/main-script.js";
import { inRepository } from "../support/repository.js";

test("the compiled code that the build keeps is the command's, and V8 takes it", () => {
  execFileSync(process.execPath, [inRepository("scripts", "build.mjs"), "--if-stale"], { stdio: "inherit" });
  const mainFile = inRepository("dist", "main.cjs");
  const script = mainScript(mainFile, readFileSync(compiledFileOf(mainFile)));
  expect(script.cachedDataRejected).toBe(false);
});
