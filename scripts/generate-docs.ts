/**
 * Writes the pages of docs/generated from the code. With `--check` it writes nothing, and fails when a page is not what
 * the code says.
 *   tsx scripts/generate-docs.ts [--check]
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { apis } from "../src/protocol/messages/index.js";
import { handlers } from "../src/server/handlers/index.js";
import { storedCoverage } from "../tests/differential/coverage.js";
import { protocolTable } from "./protocol-table.js";

const folder = new URL("../docs/generated/", import.meta.url);
const served = new Map(
  handlers.map(({ api, versions, isBetweenBrokers = false }) => [api.key, { ...versions, isBetweenBrokers }]),
);
const pages = [{ file: "protocol.md", text: protocolTable(apis, served, storedCoverage()) }];

if (process.argv.includes("--check")) check();
else write();

function check(): void {
  const stale = pages.filter(({ file, text }) => text !== readOrEmpty(new URL(file, folder)));
  if (stale.length === 0) return;
  console.error(`docs/generated is not up to date (${stale.map(({ file }) => file).join(", ")}): run npm run docs`);
  process.exitCode = 1;
}

function write(): void {
  mkdirSync(folder, { recursive: true });
  for (const { file, text } of pages) writeFileSync(new URL(file, folder), text);
  console.log(`wrote ${pages.length} page(s) to ${fileURLToPath(folder)}`);
}

function readOrEmpty(url: URL): string {
  try {
    return readFileSync(url, "utf8");
  } catch {
    return "";
  }
}
