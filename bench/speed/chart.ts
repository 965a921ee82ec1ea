/** A small bar chart (SVG) of the figures of a row that have a target: each contender's median, as a share of the largest. */
import type { Comparison, FigureComparison } from "./comparison.js";
import type { ContenderName } from "./contender.js";
import { figureKinds } from "./figures.js";

const WIDTH = 640;
const LABEL_WIDTH = 120;
const BAR_HEIGHT = 18;
const BAR_WIDTH_MAX = 400;
const TITLE_HEIGHT = 26;
const GAP = 12;

const contenders: Readonly<Record<ContenderName, { readonly label: string; readonly colour: string }>> = {
  apache: { label: "Apache Kafka", colour: "#8a8f98" },
  samsa: { label: "Samsa", colour: "#2f6fde" },
  kfake: { label: "kfake", colour: "#c9cdd3" },
};

/** Null where no figure has a target. */
export function chartOf({ row, figures }: Comparison): string | null {
  const drawn = figures.filter(({ target }) => target !== "");
  if (drawn.length === 0) return null;
  const parts: string[] = [];
  let top = 0;
  for (const figure of drawn) {
    parts.push(...barsOf(figure, top));
    top += TITLE_HEIGHT + Object.keys(figure.spans).length * BAR_HEIGHT + GAP;
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${top}" font-family="sans-serif" font-size="12">`,
    `<title>${row.title}</title>`,
    `<rect width="${WIDTH}" height="${top}" fill="#ffffff"/>`,
    ...parts,
    "</svg>",
  ].join("\n");
}

function barsOf({ name, spans }: FigureComparison, top: number): readonly string[] {
  const { digits, isBetter } = figureKinds[name];
  const medians = Object.values(spans).map(({ median }) => median);
  const largest = Math.max(...medians);
  const title = `<text x="0" y="${top + TITLE_HEIGHT - 10}" font-weight="bold">${name} (${isBetter} is better)</text>`;
  const bars = Object.entries(contenders)
    .flatMap(([who, look]) => Object.entries(spans).flatMap(([own, span]) => (own === who ? [{ look, span }] : [])))
    .map(({ look, span }, bar) => {
      const y = top + TITLE_HEIGHT + bar * BAR_HEIGHT;
      const width = Math.max(1, (BAR_WIDTH_MAX * span.median) / largest).toFixed(0);
      return [
        `<text x="0" y="${y + BAR_HEIGHT - 6}">${look.label}</text>`,
        `<rect x="${LABEL_WIDTH}" y="${y + 2}" width="${width}" height="${BAR_HEIGHT - 4}" fill="${look.colour}"/>`,
        `<text x="${LABEL_WIDTH + Number(width) + 6}" y="${y + BAR_HEIGHT - 6}">${span.median.toFixed(digits)}</text>`,
      ].join("");
    });
  return [title, ...bars];
}
