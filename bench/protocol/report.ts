/** Writes the figures to a page of the documentation. Of the machine it tells nothing that names it. */
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { inRepository } from "../../tests/support/repository.js";
import { asRatio } from "../log/figures.js";
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
    `- ${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores, Node ${process.versions.node}, ${process.platform}`,
    `- ${summary}`,
    "",
    "| message and version | bytes | | compiled | by hand | ratio |",
    "|---|---|---|---|---|---|",
    ...lines.map(({ message, bytes, direction, figures: { oneNs, otherNs, ratio } }) => {
      return `| ${[message, bytes, direction, inNs(oneNs), inNs(otherNs), asRatio(ratio)].join(" | ")} |`;
    }),
  ];
  mkdirSync(inRepository("docs", "generated"), { recursive: true });
  writeFileSync(inRepository("docs", "generated", "protocol-bench.md"), `${page.join("\n")}\n`);
}
