/** The longer stories of single clients: tests of their own, beside the programs of the suite. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { inRepository } from "../../tests/support/repository.js";
import { chosenTarget } from "../../tests/support/start-target.js";
import type { Target } from "../../tests/support/target-broker.js";
import { temporaryFolder } from "../../tests/support/temporary-folder.js";

/** Of what vitest's JSON reporter writes, the part that the report needs. */
interface VitestResults {
  readonly testResults: readonly {
    readonly name: string;
    readonly startTime: number;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/** What came of the tests of one folder. */
export interface Journey {
  /** When they ran, in ISO form. */
  readonly at: string;
  /** By the name of the test: its status. */
  readonly tests: Readonly<Record<string, string>>;
}

/** By folder. */
export type Journeys = Readonly<Record<string, Journey>>;

const compatTests = inRepository("compat-tests");

/** Runs those of the named folders, or all, against the broker that the variable TARGET names. Gives the exit code. */
export function runJourneys(names: readonly string[]): number {
  const folders = journeyFolders();
  const unknown = names.find((name) => !folders.includes(name));
  if (unknown !== undefined) throw new Error(`${unknown} has no journeys; there are ${folders.join(", ")}`);
  const chosen = names.length === 0 ? folders : names;
  installAll(chosen);
  return runVitest(chosenTarget(), chosen, []);
}

/** Runs all of them against one broker, for the report. */
export function runAllJourneys(target: Target): { readonly status: number; readonly journeys: Journeys } {
  const folders = journeyFolders();
  installAll(folders);
  const output = temporaryFolder("compat-report");
  try {
    const file = join(output.path, "results.json");
    const status = runVitest(target, folders, ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`]);
    return { status, journeys: journeysIn([readFileSync(file, "utf8")]) };
  } finally {
    output.remove();
  }
}

function journeyFolders(): string[] {
  return readdirSync(compatTests).filter((name) => {
    const folder = join(compatTests, name);
    return existsSync(join(folder, "install.sh")) && readdirSync(folder).some((file) => file.endsWith(".test.ts"));
  });
}

function installAll(folders: readonly string[]): void {
  for (const folder of folders) {
    const env = { ...process.env, COMPAT_CACHE: inRepository(".cache", "compat") };
    const script = join(compatTests, folder, "install.sh");
    const { status } = spawnSync("bash", [script], { stdio: ["ignore", "inherit", "inherit"], env });
    if (status !== 0) throw new Error(`${folder} could not be installed`);
  }
}

function runVitest(target: Target, folders: readonly string[], reporters: readonly string[]): number {
  const files = folders.map((folder) => `compat-tests/${folder}/`);
  const { status } = spawnSync("npx", ["vitest", "run", "--project", "compat", ...reporters, ...files], {
    stdio: ["ignore", "inherit", "inherit"],
    cwd: inRepository(),
    env: { ...process.env, TARGET: target },
  });
  return status ?? 1;
}

/**
 * What vitest's JSON reporter wrote of them, of one run or of several: the later ones tried again what had failed before.
 * Of other tests beside them nothing is told.
 */
export function journeysIn(reports: readonly string[]): Journeys {
  const folders = journeyFolders();
  const journeys: Record<string, { at: string; tests: Record<string, string> }> = {};
  for (const report of reports) {
    const { testResults }: VitestResults = JSON.parse(report);
    for (const { name, startTime, assertionResults } of testResults) {
      const folder = basename(dirname(name));
      if (!folders.includes(folder)) continue;
      journeys[folder] ??= { at: new Date(startTime).toISOString(), tests: {} };
      const { tests } = journeys[folder];
      for (const { fullName, status } of assertionResults) tests[fullName.trim()] = status;
    }
  }
  return journeys;
}
