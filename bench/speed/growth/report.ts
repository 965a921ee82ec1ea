/** The table of each curve on the screen, and docs/generated/bench-growth.md with its charts and all figures as JSON. */
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { inRepository } from "../../../tests/support/repository.js";
import { inGb } from "../../log/figures.js";
import { type FigureName, figureKinds, type Samples } from "../figures.js";
import { chartOf } from "./chart.js";
import type { Curve } from "./curves.js";

/** What both brokers showed, at one size after the other. */
export interface Grown {
  readonly curve: Curve;
  readonly apache: readonly Samples[];
  readonly samsa: readonly Samples[];
}

/** So many figures of a curve are drawn. */
const CHARTS = 2;

export function print(grown: Grown): void {
  console.log(`\n${grown.curve.title}`);
  for (const row of rowsOf(grown)) console.log(`  ${row.join(" | ")}`);
}

/** Each cell of a figure holds Apache Kafka's, Samsa's, and how many times the first is the second. */
function rowsOf({ curve, apache, samsa }: Grown): readonly (readonly string[])[] {
  const head = [curve.axis, ...curve.figures];
  const rows = curve.sizes.map((size, index) => [
    String(size),
    ...curve.figures.map((figure) => cellOf(figure, apache[index]?.[figure], samsa[index]?.[figure])),
  ]);
  return [head, ...rows];
}

function cellOf(figure: FigureName, apache: number | undefined, samsa: number | undefined): string {
  const { digits } = figureKinds[figure];
  const ratio = apache === undefined || samsa === undefined ? "" : `, ${(samsa / apache).toFixed(2)} ×`;
  return `${apache?.toFixed(digits) ?? "failed"}, ${samsa?.toFixed(digits) ?? "failed"}${ratio}`;
}

export function writeReport(all: readonly Grown[], scale: number): void {
  const folder = inRepository("docs", "generated", "bench");
  mkdirSync(folder, { recursive: true });
  for (const grown of all) {
    for (const [index, figure] of drawn(grown).entries()) {
      writeFileSync(join(folder, chartFile(grown, index)), chartOf(grown, figure));
    }
  }
  const curves = all.map(({ curve: { name, sizes }, apache, samsa }) => ({ name, sizes, apache, samsa }));
  writeFileSync(join(folder, "growth.json"), `${JSON.stringify({ scale, curves }, null, 2)}\n`);
  writeFileSync(inRepository("docs", "generated", "bench-growth.md"), pageOf(all, scale));
}

function drawn({ curve }: Grown): readonly FigureName[] {
  return curve.figures.slice(0, CHARTS);
}

function chartFile({ curve }: Grown, index: number): string {
  return `growth-${curve.name}-${index + 1}.svg`;
}

function pageOf(all: readonly Grown[], scale: number): string {
  const lines = [
    "# How Samsa and Apache Kafka grow",
    "",
    "Written by `npm run bench:growth -- --report`. Each curve is measured once, on a broker of its own that was warmed up, by " +
      "a client that sends the same batch again and again and so hardly costs anything. A cell tells Apache Kafka's " +
      "figure, Samsa's, and Samsa's as a multiple of the former.",
    "",
    `- ${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores, ${inGb(totalmem())} of memory, Node ${process.versions.node}`,
    ...(scale === 1 ? [] : [`- loads of ${scale} of their length`]),
  ];
  return `${[...lines, ...all.flatMap(sectionOf)].join("\n")}\n`;
}

function sectionOf(grown: Grown): readonly string[] {
  const { curve } = grown;
  const [head = [], ...rows] = rowsOf(grown);
  const charts = drawn(grown).flatMap((figure, index) => [
    "",
    `![${curve.title}: ${figure}](bench/${chartFile(grown, index)})`,
  ]);
  return [
    "",
    `## ${curve.title}`,
    "",
    curve.method,
    "",
    line(head),
    `|${head.map(() => "---|").join("")}`,
    ...rows.map(line),
    ...charts,
  ];
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}
