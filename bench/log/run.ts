/**
 * `npm run bench:log [-- PART… ] [--quick] [--report]`: the figures that the log has set itself, measured on this machine:
 * append, access, partitions, compaction, cold; all of them when none is named. `--quick` takes a tenth of the data, to see
 * that it works; its verdicts count for nothing. `--report` writes the tables to docs/generated/log-bench.md.
 */
import { loadavg } from "node:os";
import { access } from "./access.js";
import { append } from "./append.js";
import { cold } from "./cold.js";
import { compaction } from "./compaction.js";
import { whyNoRoom } from "./disk.js";
import { verdictOf } from "./figures.js";
import type { Part } from "./part.js";
import { partitions } from "./partitions.js";
import { type PartResult, writeReport } from "./report.js";

const parts: readonly Part[] = [append, access, partitions, compaction, cold];

process.exitCode = await main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<number> {
  const [isQuick, isReported] = [words.includes("--quick"), words.includes("--report")];
  const names = words.filter((word) => !word.startsWith("--"));
  const unknown = names.find((name) => !parts.some((part) => part.name === name));
  if (unknown !== undefined)
    return refuse(`No part is called ${unknown}: ${parts.map(({ name }) => name).join(", ")}.`);
  const chosen = parts.filter(({ name }) => names.length === 0 || names.includes(name));
  const problem = whyNoRoom(Math.max(...chosen.map((part) => part.diskBytes(isQuick))));
  if (problem !== null) return refuse(problem);
  const results: PartResult[] = [];
  for (const part of chosen) results.push(await runPart(part, isQuick));
  if (isReported) writeReport(results, isQuick);
  return results.every(({ figures }) => figures.every(({ holds }) => holds)) ? 0 : 1;
}

function refuse(why: string): number {
  console.error(why);
  return 2;
}

/** The load of the machine is told, as it was before and after: on a busy one the figures say less. */
async function runPart(part: Part, isQuick: boolean): Promise<PartResult> {
  console.log(`\n${part.title}${isQuick ? " (quick)" : ""}`);
  const loadBefore = loadOfLastMinute();
  const figures = await part.run(isQuick);
  const result = { title: part.title, figures, loadBefore, loadAfter: loadOfLastMinute() };
  const width = Math.max(...figures.map(({ what }) => what.length));
  for (const figure of figures) {
    const limit = figure.limit === null ? "" : `${figure.limit}: ${verdictOf(figure)}`;
    console.log(`  ${figure.what.padEnd(width)}  ${figure.measured.padStart(14)}  ${limit}`);
  }
  return result;
}

function loadOfLastMinute(): number {
  return loadavg()[0] ?? 0;
}
