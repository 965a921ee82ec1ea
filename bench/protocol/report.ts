/** Writes the figures to a page of the documentation. */
import { asRatio } from "../log/figures.js";
import { machineText, writePage } from "../report/page.js";
import { markdownTable } from "../report/tables.js";
import type { Compared } from "./measure.js";

export interface Line {
  readonly message: string;
  readonly bytes: number;
  readonly direction: "decode" | "encode";
  readonly figures: Compared;
}

export const inNs = (ns: number): string => `${ns.toFixed(0)} ns`;

export function writeReport(lines: readonly Line[], summary: string): void {
  const page = [
    "# Codecs beside code written by hand",
    "",
    "Written by `npm run bench:protocol -- --report`: medians of rounds in turns within one process. The code written by",
    "hand is in `bench/protocol/by-hand`: plain calls of Buffer's own methods, for one version and without its tagged fields.",
    "",
    `- ${machineText()}`,
    `- ${summary}`,
    "",
    ...markdownTable([head, ...lines.map(cellsOf)]),
  ];
  writePage("protocol-bench.md", page);
}

const head = ["message and version", "bytes", "", "compiled", "by hand", "ratio"];

function cellsOf({ message, bytes, direction, figures: { oneNs, otherNs, ratio } }: Line): readonly string[] {
  return [message, String(bytes), direction, inNs(oneNs), inNs(otherNs), asRatio(ratio)];
}
