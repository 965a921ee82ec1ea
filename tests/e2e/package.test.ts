/** What `npm pack` would put into the package: the command, and the clients of the suite that `samsa compat` runs. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { inRepository } from "../support/repository.js";
import { runCommandToSuccess } from "../support/run-command.js";
import { builtCommand } from "../support/samsa.js";

interface PackedFile {
  readonly path: string;
  readonly mode: number;
}

let files: readonly PackedFile[] = [];
const pathsIn = (folder: string) => files.map(({ path }) => path).filter((path) => path.startsWith(folder));

beforeAll(async () => {
  const args = ["pack", "--dry-run", "--json", "--ignore-scripts"];
  const { stdout } = await runCommandToSuccess("npm", args, { cwd: inRepository() });
  const packed: readonly { readonly files: readonly PackedFile[] }[] = JSON.parse(stdout);
  files = packed[0]?.files ?? [];
}, 60_000);

const folders = readdirSync(inRepository("compat-tests"));
const isClient = (folder: string) => existsSync(inRepository("compat-tests", folder, "client.json"));

test("of the folders beside the suite it has the clients, and what they share", () => {
  const packed = new Set(pathsIn("compat-tests/").map((path) => path.split("/")[1]));
  const wanted = folders.filter((folder) => isClient(folder) || folder.startsWith("shared-"));
  expect([...packed].sort()).toEqual([...wanted, "README.md", "scenarios.ts"].sort());
});

test("it has no tests, no results, and nothing that was built or downloaded", () => {
  const strays = /\.test\.ts$|\/results\/|\/(target|node_modules|__pycache__)\/|\.(class|tgz|log)$/;
  expect(pathsIn("compat-tests/").filter((path) => strays.test(path))).toEqual([]);
});

test("its scripts can be run", () => {
  const scripts = files.filter(({ path }) => path.endsWith(".sh"));
  expect(scripts.length).toBeGreaterThan(0);
  expect(scripts.filter(({ mode }) => (mode & 0o111) === 0)).toEqual([]);
});

test("it declares the packages that its code loads, and no other", () => {
  const dist = dirname(builtCommand());
  const code = readdirSync(dist).filter((name) => /\.(js|cjs|mjs)$/.test(name));
  const loads = /(?:\bimport|\brequire|\brequireLibrary(?:\.resolve)?)\("([^"]+)"\)|\bfrom "([^"]+)";$/gm;
  const loaded = code.flatMap((name) =>
    [...readFileSync(join(dist, name), "utf8").matchAll(loads)].map(([, called = "", imported = called]) => imported),
  );
  const packages = loaded
    .filter((name) => !isBuiltin(name) && !name.startsWith("."))
    .map((name) => name.split("/", name.startsWith("@") ? 2 : 1).join("/"));
  const declared: Record<"dependencies" | "optionalDependencies", Record<string, string>> = JSON.parse(
    readFileSync(inRepository("package.json"), "utf8"),
  );
  const names = Object.keys({ ...declared.dependencies, ...declared.optionalDependencies });
  expect([...new Set(packages)].sort()).toEqual(names.sort());
});
