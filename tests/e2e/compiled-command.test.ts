import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { compiledFileOf, mainScript } from "../../src/cli/main-script.js";
import { builtCommand } from "../support/samsa.js";

test("the compiled code that the build keeps is the command's, and V8 takes it", () => {
  const mainFile = join(dirname(builtCommand()), "main.cjs");
  const script = mainScript(mainFile, readFileSync(compiledFileOf(mainFile)));
  expect(script.cachedDataRejected).toBe(false);
});
