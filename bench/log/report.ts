/** Writes the figures to a page of the documentation. Of the machine it tells cores and memory, nothing that names it. */
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { inRepository } from "../../tests/support/repository.js";
import { type Figure, inGb, verdictOf } from "./figures.js";

export interface PartResult {
  readonly title: string;
  readonly figures: readonly Figure[];
  /** Processes that ran or wanted to, on average over a minute. */
  readonly loadBefore: number;
  readonly loadAfter: number;
}

export function writeReport(results: readonly PartResult[], isQuick: boolean): void {
  mkdirSync(inRepository("docs", "generated"), { recursive: true });
  writeFileSync(inRepository("docs", "generated", "log-bench.md"), pageOf(results, isQuick));
}

function pageOf(results: readonly PartResult[], isQuick: boolean): string {
  const head = [
    "# What the log reaches",
    "",
    "Written by `npm run bench:log -- --report`. Ratios are taken within one run, in turns, on one machine.",
    "",
    `- ${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores, ${inGb(totalmem())} of memory, ` +
      `Node ${process.versions.node}, ${process.platform}`,
    ...(isQuick ? ["- with `--quick`: a tenth of the data, so the verdicts count for nothing"] : []),
  ];
  return `${[...head, ...results.flatMap(sectionOf)].join("\n")}\n`;
}

function sectionOf({ title, figures, loadBefore, loadAfter }: PartResult): readonly string[] {
  return [
    "",
    `## ${title}`,
    "",
    "| figure | measured | limit | verdict |",
    "|---|---|---|---|",
    ...figures.map((figure) => {
      const cells = [figure.what, figure.measured, figure.limit ?? "", verdictOf(figure)];
      return `| ${cells.join(" | ")} |`;
    }),
    "",
    `Load of the machine: ${loadBefore.toFixed(1)} before, ${loadAfter.toFixed(1)} after.`,
  ];
}
