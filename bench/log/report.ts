/** Writes the figures to a page of the documentation. */
import { machineText, writePage } from "../report/page.js";
import { markdownTable } from "../report/tables.js";
import { type Figure, figureTable } from "./figures.js";

export interface PartResult {
  readonly title: string;
  readonly figures: readonly Figure[];
  /** Processes that ran or wanted to, on average over a minute. */
  readonly loadBefore: number;
  readonly loadAfter: number;
}

export function writeReport(results: readonly PartResult[], isQuick: boolean): void {
  writePage("log-bench.md", pageOf(results, isQuick));
}

function pageOf(results: readonly PartResult[], isQuick: boolean): readonly string[] {
  const head = [
    "# What the log reaches",
    "",
    "Written by `npm run bench:log -- --report`. Ratios are taken within one run, in turns, on one machine.",
    "",
    `- ${machineText()}`,
    ...(isQuick ? ["- with `--quick`: a tenth of the data, so the verdicts count for nothing"] : []),
  ];
  return [...head, ...results.flatMap(sectionOf)];
}

function sectionOf({ title, figures, loadBefore, loadAfter }: PartResult): readonly string[] {
  return [
    "",
    `## ${title}`,
    "",
    ...markdownTable(figureTable(figures)),
    "",
    `Load of the machine: ${loadBefore.toFixed(1)} before, ${loadAfter.toFixed(1)} after.`,
  ];
}
