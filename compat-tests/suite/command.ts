/** The suite as a command: from its arguments to the exit code. In the repository `npm run compat`, in the package `samsa compat`. */
import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { parseAddresses } from "../../src/cli/cluster/asking/addresses.js";
import type { Scenario } from "../scenarios.js";
import { lookAt } from "./administrator.js";
import { type Client, clientsIn, type Places, withOnly } from "./client.js";
import type { TargetChoice } from "./own-clusters.js";
import { type Cell, countOf, summaryOf } from "./results.js";
import { runSuite, type SuiteOptions } from "./suite.js";
import { commandNames, suiteOptions, usage } from "./usage.js";
import { watchLines } from "./watch-lines.js";
import { watchTable } from "./watch-table.js";
import { jsonOf, junitOf, writtenResults } from "./written-results.js";

/** More at once only slow each other down: each client has a broker of its own. */
const JOBS_DEFAULT_MAX = 2;

export interface SuiteChoice {
  readonly clients: readonly Client[];
  readonly jobs: number;
  readonly broker: SuiteOptions["broker"];
  readonly brokerName: string;
}

class UsageError extends Error {}

/** `defaultScript`: Samsa's command where the tree is not built from here. */
export async function suiteCommand(
  args: readonly string[],
  places: Places,
  defaultScript: string | null,
): Promise<number> {
  const place = defaultScript === null ? "repository" : "package";
  try {
    const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: suiteOptions });
    const all = clientsIn(places);
    if (values.help === true) {
      const named = all.filter(({ folderName }) => positionals.includes(folderName));
      console.log(usage(place, named));
      return 0;
    }
    const choice = chosen(values, positionals, all, defaultScript);
    if (values.list === true) {
      list(choice);
      return 0;
    }
    if (values.bootstrap !== undefined) await mustAnswer(values.bootstrap);
    const startedMs = performance.now();
    const cells = await runWatched(choice, places);
    const at = new Date();
    if (values.junit !== undefined) writeFileSync(values.junit, junitOf(choice.clients, cells));
    if (values.json !== undefined) {
      const written = writtenResults(choice.brokerName, at, choice.clients, cells);
      writeFileSync(values.json, jsonOf(written));
    }
    tellEnd(choice, cells, performance.now() - startedMs);
    return hasFailed(cells, values.strict ?? false) ? 1 : 0;
  } catch (error) {
    if (!(error instanceof UsageError || isOfArguments(error))) throw error;
    const command = place === "package" ? "samsa: " : "";
    console.error(`${command}${error.message}\nRun \`${commandNames[place]} --help\` for the clients and options.`);
    return 2;
  }
}

/** What `parseArgs` throws. */
function isOfArguments(error: unknown): error is TypeError {
  return error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
}

interface Values {
  readonly bootstrap?: string | undefined;
  readonly target?: string | undefined;
  readonly samsa?: string | undefined;
  readonly scenario?: readonly string[] | undefined;
  readonly jobs?: string | undefined;
}

function chosen(values: Values, names: readonly string[], all: readonly Client[], script: string | null): SuiteChoice {
  const named = pick(names, all, ({ folderName }) => folderName, "client");
  const scenarios = pick(values.scenario ?? [], scenariosOf(named), ({ id }) => id, "scenario");
  const clients = withOnly(named, (scenario) => scenarios.includes(scenario));
  const jobs = Number(values.jobs ?? Math.min(JOBS_DEFAULT_MAX, availableParallelism()));
  if (!Number.isSafeInteger(jobs) || jobs < 1) throw new UsageError("--jobs: a whole number from 1 on");
  const { bootstrap, target = "samsa", samsa } = values;
  if (target !== "samsa" && target !== "apache") throw new UsageError("--target is samsa or apache");
  if (target === "apache" && script !== null) throw new UsageError("only the repository can start Apache Kafka");
  const own: TargetChoice = { target, script: samsa ?? script };
  return {
    clients,
    jobs,
    broker: bootstrap === undefined ? own : { bootstrap },
    brokerName: bootstrap ?? target,
  };
}

/** Each once: most clients share theirs. */
function scenariosOf(clients: readonly Client[]): Scenario[] {
  return [...new Set(clients.flatMap(({ scenarios }) => scenarios))];
}

function pick<T>(names: readonly string[], all: readonly T[], nameOf: (one: T) => string, what: string): readonly T[] {
  const unknown = names.find((name) => !all.some((one) => nameOf(one) === name));
  if (unknown !== undefined) {
    throw new UsageError(`no ${what} is called ${unknown}; there are ${all.map(nameOf).join(", ")}`);
  }
  return names.length === 0 ? all : all.filter((one) => names.includes(nameOf(one)));
}

function list({ clients }: SuiteChoice): void {
  for (const { folderName, name, version, language } of clients) {
    console.log(`${folderName.padEnd(28)} ${name} ${version} (${language})`);
  }
  console.log("");
  for (const { id, title, origin } of scenariosOf(clients)) {
    console.log(`${id.padEnd(24)} ${title}${origin === undefined ? "" : ` (${origin})`}`);
  }
}

async function mustAnswer(bootstrap: string): Promise<void> {
  if (parseAddresses(bootstrap) === null) {
    throw new UsageError(`--bootstrap takes host:port, or several parted by commas, and not ${bootstrap}`);
  }
  try {
    await lookAt(bootstrap);
  } catch (error) {
    throw new UsageError(
      `${bootstrap} does not answer as a Kafka broker: ${error instanceof Error ? error.message : error}`,
    );
  }
}

/** Runs the suite before the eyes of whoever started it. */
export async function runWatched(choice: SuiteChoice, places: Places): Promise<Cell[]> {
  const { clients, jobs, broker } = choice;
  const options = { places, clients, jobs, broker };
  if (!process.stdout.isTTY) {
    return await runSuite({ ...options, watcher: watchLines((line) => console.log(line)) });
  }
  const watcher = watchTable(clients, (text) => void process.stdout.write(text), process.stdout.columns);
  try {
    return await runSuite({ ...options, watcher });
  } finally {
    watcher.close();
  }
}

function tellEnd({ brokerName, clients }: SuiteChoice, cells: readonly Cell[], tookMs: number): void {
  for (const { folderName } of clients) {
    const own = cells.filter(({ client }) => client === folderName);
    const [first] = own;
    if (
      first !== undefined &&
      own.every(({ outcome, message }) => outcome === "skipped" && message === first.message)
    ) {
      console.log(`${folderName} was skipped: ${first.message}`);
    }
  }
  console.log(`${brokerName}: ${summaryOf(cells)} (${Math.round(tookMs / 1000)} s)`);
}

export function hasFailed(cells: readonly Cell[], strict: boolean): boolean {
  return countOf(cells, "failed") > 0 || (strict && countOf(cells, "skipped") > 0);
}
