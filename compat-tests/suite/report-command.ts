/**
 * `npm run compat -- --report [CLIENT…]`: all clients against both brokers, and REPORT.md. What is not run this time
 * (other clients than the named, another part, `--without-journeys`) keeps its place in the report by the results of an
 * earlier run, with their date: they lie in `compat-tests/results`.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { apacheKafkaVersion } from "../../tests/support/java.js";
import { inRepository } from "../../tests/support/repository.js";
import { targets } from "../../tests/support/start-target.js";
import type { Target } from "../../tests/support/target-broker.js";
import { acceptanceCases } from "../acceptance/cases/index.js";
import { scenarios } from "../scenarios.js";
import { type Client, clientsIn, type Places } from "./client.js";
import { hasFailed, runWatched } from "./command.js";
import { type Journeys, journeysIn, runAllJourneys } from "./journeys.js";
import { reportOf } from "./report.js";
import { type Cell, summaryOf } from "./results.js";
import { jsonOf, type WrittenResults, writtenResults } from "./written-results.js";

const JOBS_DEFAULT = 2;

const options = {
  "without-clients": { type: "boolean", default: false },
  "without-journeys": { type: "boolean", default: false },
  /** What vitest wrote of them elsewhere: they are not run then. A file that is not there tells of none. */
  "journeys-of": { type: "string", multiple: true },
  "only-samsa": { type: "boolean", default: false },
  "only-apache": { type: "boolean", default: false },
  /** `I/N`: with Apache Kafka only each N-th client, from the I-th on, so that a few runs make the whole. */
  "apache-part": { type: "string", default: "0/1" },
  jobs: { type: "string", default: String(JOBS_DEFAULT) },
  /** The built command of another copy of Samsa. */
  samsa: { type: "string" },
} as const;

/** Gives 1 when something fails with Samsa: what fails with Apache Kafka is told in the report. */
export async function writeReport(args: readonly string[], places: Places): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options });
  const clients = clientsIn(places);
  const named = clients.filter(({ folderName }) => positionals.length === 0 || positionals.includes(folderName));
  const samsa = values.samsa ?? null;
  let isRed = false;
  for (const target of targets) {
    if (values[target === "samsa" ? "only-apache" : "only-samsa"]) continue;
    if (!values["without-clients"]) {
      const ran = target === "samsa" ? named : partOf(named, values["apache-part"]);
      const choice = { clients: ran, jobs: Number(values.jobs), broker: { target, script: samsa } };
      const cells = await runWatched({ ...choice, brokerName: target }, places);
      console.log(`${target}: ${summaryOf(cells)}`);
      keep(places, target, merged(places, target, clients, ran, cells));
      isRed ||= target === "samsa" && hasFailed(cells, false);
    }
    const reports = (values["journeys-of"] ?? []).filter((file) => existsSync(file));
    if (reports.length > 0) {
      keepJourneys(places, target, journeysIn(reports.map((file) => readFileSync(file, "utf8"))));
    } else if (!values["without-journeys"]) {
      const { status, journeys } = runAllJourneys(target);
      keepJourneys(places, target, journeys);
      isRed ||= target === "samsa" && status !== 0;
    }
  }
  writeFileSync(inRepository("compat-tests", "REPORT.md"), reportFrom(places));
  console.log("compat-tests/REPORT.md is written");
  return isRed ? 1 : 0;
}

function reportFrom(places: Places): string {
  const packageJson: { version: string } = JSON.parse(readFileSync(inRepository("package.json"), "utf8"));
  return reportOf(
    {
      samsa: kept(places, "samsa"),
      apache: kept(places, "apache"),
      journeys: { samsa: keptJourneys(places, "samsa"), apache: keptJourneys(places, "apache") },
      versions: { samsa: packageJson.version, apache: apacheKafkaVersion },
    },
    scenarios,
    acceptanceCases,
  );
}

function partOf(clients: readonly Client[], part: string): Client[] {
  const [from, step] = part.split("/").map(Number);
  if (from === undefined || step === undefined || !(step >= 1)) throw new Error("--apache-part is I/N");
  return clients.filter((_, index) => index % step === from % step);
}

/** The new cells, and of the clients that did not run now the ones of an earlier run. */
function merged(
  places: Places,
  target: Target,
  clients: readonly Client[],
  ran: readonly Client[],
  cells: readonly Cell[],
): WrittenResults {
  const before = kept(places, target);
  const ranNow = new Set(ran.map(({ folderName }) => folderName));
  const now = writtenResults(target, new Date(), clients, []).clients;
  const earlier = before.cells.filter(
    ({ client }) => !ranNow.has(client) && now.some(({ folder }) => folder === client),
  );
  return {
    broker: target,
    clients: now.map((client) =>
      ranNow.has(client.folder)
        ? client
        : { ...client, at: before.clients.find(({ folder }) => folder === client.folder)?.at ?? "" },
    ),
    cells: [...earlier, ...cells].sort((one, other) =>
      one.client < other.client ? -1 : one.client > other.client ? 1 : 0,
    ),
  };
}

function fileOf({ clients }: Places, name: string): string {
  const folder = join(clients, "results");
  mkdirSync(folder, { recursive: true });
  return join(folder, name);
}

function keep(places: Places, target: Target, results: WrittenResults): void {
  writeFileSync(fileOf(places, `${target}.json`), jsonOf(results));
}

function kept(places: Places, target: Target): WrittenResults {
  const file = fileOf(places, `${target}.json`);
  if (!existsSync(file)) return writtenResults(target, null, [], []);
  const results: WrittenResults = JSON.parse(readFileSync(file, "utf8"));
  return results;
}

/** Those of folders that did not run now stay as they were. */
function keepJourneys(places: Places, target: Target, journeys: Journeys): void {
  const all = { ...keptJourneys(places, target), ...journeys };
  writeFileSync(fileOf(places, `${target}-journeys.json`), `${JSON.stringify(all, null, 2)}\n`);
}

function keptJourneys(places: Places, target: Target): Journeys {
  const file = fileOf(places, `${target}-journeys.json`);
  if (!existsSync(file)) return {};
  const journeys: Journeys = JSON.parse(readFileSync(file, "utf8"));
  return journeys;
}
