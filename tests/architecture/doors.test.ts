/** The lint of the doors, tried on planted leaks: a rule that a tool's next version renames would fail in silence. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";

const root = mkdtempSync(join(tmpdir(), "samsa-doors-"));
afterAll(() => rmSync(root, { recursive: true }));

const leaks = [
  'import fs from "node:fs"; export { fs };',
  'import * as net from "node:net"; export { net };',
  'export type { Stats } from "node:fs";',
  'export const loaded = () => import("node:crypto");',
  "export const chance = Math.random();",
  "export const { random } = Math;",
  "export const now = new Date();",
  "export const now = performance.now();",
  "export const timer = setTimeout(() => {}, 3);",
  "export const hidden = globalThis.Date;",
  "export const signal = AbortSignal.timeout(3);",
  "export const environment = process.env;",
  "export const reference = new WeakRef({});",
];

/** How many errors of the doors' rules Biome finds when `source` stands at `path`. */
function errorsAt(path: string, source: string): number {
  const config = JSON.parse(readFileSync("biome.json", "utf8"));
  writeFileSync(join(root, "biome.json"), JSON.stringify({ ...config, vcs: undefined }));
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), source);
  const biome = join(process.cwd(), "node_modules/@biomejs/biome/bin/biome");
  const { stdout, stderr } = spawnSync(process.execPath, [biome, "lint", "--max-diagnostics=none", path], {
    cwd: root,
    encoding: "utf8",
  });
  const found = `${stdout}${stderr}`.match(
    /lint\/\w+\/no(RestrictedImports|RestrictedGlobals|JsRestrictedProperties)/g,
  );
  return found?.length ?? 0;
}

test.each(leaks)("in a room this is refused: %s", (leak) => {
  expect(errorsAt("src/storage/planted.ts", `${leak}\n`)).toBe(1);
});

test("at the doors, and in tests, all of it is allowed", () => {
  const source = leaks.map((leak) => `{ ${leak} }`).join("\n");
  for (const door of ["src/environments/node/a.ts", "src/cli/a.ts", "src/http/a.ts", "src/storage/a.test.ts"]) {
    expect(errorsAt(door, source)).toBe(0);
  }
});

test("a codec may use zlib, but no other module of Node's", () => {
  expect(errorsAt("src/protocol/records/codecs/gzip.ts", 'import zlib from "node:zlib"; export { zlib };\n')).toBe(0);
  expect(errorsAt("src/protocol/records/codecs/gzip.ts", 'import fs from "node:fs"; export { fs };\n')).toBe(1);
});
