/** The tables, on the screen and as a page of the documentation. */
import { type Figure, figureTable } from "../log/figures.js";
import { cellsOf, type Line, lineHead } from "../report/beside-apache.js";
import { machineText, writePage } from "../report/page.js";
import { markdownTable, printTable } from "../report/tables.js";

export interface PartResult {
  readonly title: string;
  readonly method: string;
  readonly rounds: number;
  /** Beside Apache Kafka. */
  readonly lines: readonly Line[];
  /** Of Samsa alone. */
  readonly figures: readonly Figure[];
  /** Processes that ran or wanted to, on average over a minute. */
  readonly loadBefore: number;
  readonly loadAfter: number;
}

export function print({ title, lines, figures }: PartResult): void {
  console.log(`\n${title}`);
  if (lines.length > 0) printTable([lineHead, ...lines.map(cellsOf)]);
  if (figures.length > 0) printTable(figureTable(figures));
}

export function writeReport(results: readonly PartResult[], isQuick: boolean): void {
  writePage("groups-bench.md", pageOf(results, isQuick));
}

function pageOf(results: readonly PartResult[], isQuick: boolean): readonly string[] {
  const head = [
    "# Groups and transactions beside Apache Kafka",
    "",
    "Written by `npm run bench:groups -- --report`. Both brokers run on this machine with the properties that they come " +
      "with, but for what is told below; each is under load alone, in turns, and its first rounds do not count. Ratios are Samsa's figure to that of " +
      "Apache Kafka 4.3.1 in the round beside it. CPU is the time of all threads of the broker. The load is one process " +
      "of our own, the same for both, on the same machine; what it costs is told, since it takes from both brokers " +
      "what it takes of the cores.",
    "",
    `- ${machineText()}`,
    ...(isQuick
      ? ["- with `--quick`: short rounds on brokers that are not warm, so the verdicts count for nothing"]
      : []),
  ];
  return [...head, ...results.flatMap(sectionOf)];
}

function sectionOf(result: PartResult): readonly string[] {
  const { title, method, rounds, lines, figures, loadBefore, loadAfter } = result;
  return [
    "",
    `## ${title}`,
    "",
    `${method}${rounds === 0 ? "" : ` Rounds: ${rounds}.`}`,
    "",
    ...(lines.length === 0 ? [] : markdownTable([lineHead, ...lines.map(cellsOf)])),
    ...(figures.length === 0 ? [] : markdownTable(figureTable(figures))),
    "",
    `Load of the machine: ${loadBefore.toFixed(1)} before, ${loadAfter.toFixed(1)} after.`,
  ];
}
