/**
 * `npm run compat [-- CLIENT...] [--report]`: installs the clients and runs their tests against the broker that the
 * environment variable TARGET names, `samsa` (the default) or `apache`. With `--report` it runs all of them against
 * both, and writes REPORT.md.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { inRepository } from "../tests/support/repository.js";
import { chosenTarget, targets } from "../tests/support/start-target.js";
import type { Target } from "../tests/support/target-broker.js";
import { temporaryFolder } from "../tests/support/temporary-folder.js";
import { type ClientResults, reportOf, type VitestResults } from "./report.js";

const { values: options, positionals: names } = parseArgs({
  allowPositionals: true,
  options: { report: { type: "boolean", default: false } },
});

const folder = inRepository("compat-tests");
const clients = readdirSync(folder).filter((name) => existsSync(join(folder, name, "install.sh")));
for (const name of names) {
  if (!clients.includes(name)) throw new Error(`no client is called ${name}; there are ${clients.join(", ")}`);
}
const chosen = names.length === 0 ? clients : names;
for (const client of chosen) install(client);
process.exitCode = options.report ? writeReport() : runTests(chosenTarget(), []);

function install(client: string): void {
  const { status } = spawnSync("bash", [join(folder, client, "install.sh")], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (status !== 0) throw new Error(`${client} could not be installed`);
}

function runTests(target: Target, reporters: readonly string[]): number {
  const files = chosen.map((client) => `compat-tests/${client}/`);
  const { status } = spawnSync("npx", ["vitest", "run", "--project", "compat", ...reporters, ...files], {
    stdio: ["ignore", "inherit", "inherit"],
    cwd: inRepository(),
    env: { ...process.env, TARGET: target },
  });
  return status ?? 1;
}

function writeReport(): number {
  const results: ClientResults = { samsa: null, apache: null };
  let worst = 0;
  for (const target of targets) {
    const output = temporaryFolder("compat-report");
    const file = join(output.path, "results.json");
    const status = runTests(target, ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`]);
    worst = Math.max(worst, status);
    const parsed: VitestResults = JSON.parse(readFileSync(file, "utf8"));
    results[target] = parsed;
    output.remove();
  }
  writeFileSync(join(folder, "REPORT.md"), reportOf(results));
  console.log("compat-tests/REPORT.md is written");
  return worst;
}
