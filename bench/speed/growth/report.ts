/** The table of each curve on the screen, and docs/generated/bench-growth.md with its charts and all figures as JSON. */
import { join } from "node:path";
import { asRatio } from "../../log/figures.js";
import { machineText, writePage } from "../../report/page.js";
import { markdownTable, printTable, type Table } from "../../report/tables.js";
import { type FigureName, figureKinds } from "../figures.js";
import { chartOf } from "./chart.js";
import type { Grown } from "./curves.js";

/** So many figures of a curve are drawn. */
const CHARTS = 2;

export function print(grown: Grown): void {
  console.log(`\n${grown.curve.title}`);
  printTable(tableOf(grown));
}

/** Each cell of a figure holds Apache Kafka's, Samsa's, and how many times the first is the second. */
function tableOf({ curve, apache, samsa }: Grown): Table {
  const head = [curve.axis, ...curve.figures];
  const rows = curve.sizes.map((size, index) => [
    String(size),
    ...curve.figures.map((figure) => cellOf(figure, apache[index]?.[figure], samsa[index]?.[figure])),
  ]);
  return [head, ...rows];
}

function cellOf(figure: FigureName, apache: number | undefined, samsa: number | undefined): string {
  const { digits } = figureKinds[figure];
  const ratio = apache === undefined || samsa === undefined ? "" : `, ${asRatio(samsa / apache)}`;
  return `${apache?.toFixed(digits) ?? "failed"}, ${samsa?.toFixed(digits) ?? "failed"}${ratio}`;
}

export function writeReport(all: readonly Grown[], scale: number): void {
  for (const grown of all) {
    for (const [index, figure] of drawn(grown).entries()) writePage(chartFile(grown, index), [chartOf(grown, figure)]);
  }
  const curves = all.map(({ curve: { name, sizes }, apache, samsa }) => ({ name, sizes, apache, samsa }));
  writePage(join("bench", "growth.json"), [JSON.stringify({ machine: machineText(), scale, curves }, null, 2)]);
  writePage("bench-growth.md", pageOf(all, scale));
}

function drawn({ curve }: Grown): readonly FigureName[] {
  return curve.figures.slice(0, CHARTS);
}

function chartFile({ curve }: Grown, index: number): string {
  return join("bench", `growth-${curve.name}-${index + 1}.svg`);
}

function pageOf(all: readonly Grown[], scale: number): readonly string[] {
  return [
    "# How Samsa and Apache Kafka grow",
    "",
    "Written by `npm run bench:growth -- --report`. Each curve is measured once, on a broker of its own that was warmed up, by " +
      "a client that sends the same batch again and again and so hardly costs anything. A cell tells Apache Kafka's " +
      "figure, Samsa's, and Samsa's as a multiple of the former. Both axes of a chart are logarithmic: what grows in step " +
      "is a straight line.",
    "",
    `- ${machineText()}`,
    ...(scale === 1 ? [] : [`- loads of ${scale} of their length`]),
    ...all.flatMap(sectionOf),
  ];
}

function sectionOf(grown: Grown): readonly string[] {
  const { curve } = grown;
  const charts = drawn(grown).flatMap((figure, index) => [
    "",
    `![${curve.title}: ${figure}](${chartFile(grown, index)})`,
  ]);
  return [
    "",
    `## ${curve.title}`,
    "",
    curve.method,
    "",
    ...markdownTable(tableOf(grown)),
    ...charts,
    "",
    `Where it bends: ${curve.bends}`,
  ];
}
