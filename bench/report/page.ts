/** The pages of docs/generated that benches write. Of the machine they tell what its speed depends on, nothing that names it. */
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";
import { dirname } from "node:path";
import { inRepository } from "../../tests/support/repository.js";
import { inGb } from "../log/figures.js";

/** `name`: within docs/generated. */
export function writePage(name: string, lines: readonly string[]): void {
  const file = inRepository("docs", "generated", name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${lines.join("\n")}\n`);
}

/** When and on what a bench has run. */
export function machineText(): string {
  const date = new Date().toISOString().slice(0, 10);
  const cores = cpus();
  const [model = "", node] = [cores[0]?.model.trim(), process.versions.node];
  return `${date}, ${cores.length} cores (${model}), ${inGb(totalmem())} of memory, Node ${node}, ${process.platform}`;
}

/** Processes that ran or wanted to, on average over a minute. */
export function loadOfLastMinute(): number {
  return loadavg()[0] ?? 0;
}
