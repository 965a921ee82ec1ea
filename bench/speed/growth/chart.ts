/** A line chart (SVG) of one figure of a curve: both axes are logarithmic, so that what grows in step is a straight line. */
import type { FigureName, Samples } from "../figures.js";
import type { Grown } from "./curves.js";

const WIDTH = 640;
const HEIGHT = 260;
const [LEFT, RIGHT, TOP, BOTTOM] = [80, 120, 30, 40];
/** Between the plot and what the lines are called, and between those. */
const LEGEND = 18;

const looks = [
  { target: "apache", label: "Apache Kafka", colour: "#8a8f98" },
  { target: "samsa", label: "Samsa", colour: "#2f6fde" },
] as const;

export function chartOf(grown: Grown, figure: FigureName): string {
  const { curve } = grown;
  const lines = looks.map((look) => ({ ...look, points: pointsOf(curve.sizes, grown[look.target], figure) }));
  const all = lines.flatMap(({ points }) => points);
  const x = scaleOf(
    all.map(({ size }) => size),
    LEFT,
    WIDTH - RIGHT,
  );
  const y = scaleOf(
    all.map(({ value }) => value),
    HEIGHT - BOTTOM,
    TOP,
  );
  const parts = lines.flatMap(({ label, colour, points }, index) => {
    const at = points.map(({ size, value }) => `${x(size)},${y(value)}`);
    return [
      `<polyline points="${at.join(" ")}" fill="none" stroke="${colour}" stroke-width="2"/>`,
      ...points.map(({ size, value }) => `<circle cx="${x(size)}" cy="${y(value)}" r="3" fill="${colour}"/>`),
      text(WIDTH - RIGHT + LEGEND, TOP + index * LEGEND, label, colour),
    ];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<title>${curve.title}: ${figure}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    text(0, 16, `${figure}, by ${curve.axis}`, "#000000"),
    ...curve.sizes.map((size) => text(Number(x(size)) - 8, HEIGHT - 16, String(size), "#000000")),
    ...extremesOf(all.map(({ value }) => value)).map((value) =>
      text(0, Number(y(value)) + 4, shortly(value), "#000000"),
    ),
    ...parts,
    "</svg>",
  ].join("\n");
}

interface CurvePoint {
  readonly size: number;
  readonly value: number;
}

function pointsOf(sizes: readonly number[], samples: readonly Samples[], figure: FigureName): readonly CurvePoint[] {
  return samples.flatMap((sample, index) => {
    const [size, value] = [sizes[index], sample[figure]];
    return size === undefined || value === undefined || value <= 0 ? [] : [{ size, value }];
  });
}

function extremesOf(values: readonly number[]): readonly number[] {
  return values.length === 0 ? [] : [Math.min(...values), Math.max(...values)];
}

/** From the least of these values at one end to the largest at the other. */
function scaleOf(values: readonly number[], from: number, to: number): (value: number) => string {
  const [least = 1, largest = 1] = extremesOf(values);
  const span = Math.log(largest / least);
  return (value) => (span === 0 ? from : from + ((to - from) * Math.log(value / least)) / span).toFixed(0);
}

function text(x: number, y: number, words: string, colour: string): string {
  return `<text x="${x.toFixed(0)}" y="${y.toFixed(0)}" fill="${colour}">${words}</text>`;
}

function shortly(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
