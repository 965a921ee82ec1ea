/** The live table of a terminal: a line per client, a sign per scenario, what is under way, and the time. */

import type { Client } from "./client.js";
import type { Cell, Outcome } from "./results.js";
import type { Watcher } from "./suite.js";
import { lineOf } from "./watch-lines.js";

const NAME_COLUMNS = 28;
const TIME_COLUMNS = 5;
const REDRAW_MS = 200;

const signs: Readonly<Record<Outcome, string>> = {
  passed: "\u001b[32m✓\u001b[0m",
  failed: "\u001b[31m✗\u001b[0m",
  unsupported: "\u001b[90m–\u001b[0m",
  known: "\u001b[33m≠\u001b[0m",
  skipped: "\u001b[90ms\u001b[0m",
};

interface Row {
  readonly cells: Map<string, Outcome>;
  doing: string;
  startedMs: number | null;
  tookMs: number | null;
}

export interface TableWatcher extends Watcher {
  /** Draws it for the last time. */
  close(): void;
}

export function watchTable(clients: readonly Client[], write: (text: string) => void, columns: number): TableWatcher {
  const rows = new Map<string, Row>();
  for (const { folderName } of clients)
    rows.set(folderName, { cells: new Map(), doing: "", startedMs: null, tookMs: null });
  const failures: string[] = [];
  let drawnLines = 0;
  const rowOf = ({ folderName }: Client): Row => {
    const row = rows.get(folderName);
    if (row === undefined) throw new Error(`${folderName} is not in the table`);
    return row;
  };
  const draw = () => {
    const nowMs = performance.now();
    const lines = clients.map((client) => lineOfRow(client, rowOf(client), nowMs, columns));
    const up = drawnLines === 0 ? "" : `\u001b[${drawnLines}A`;
    const news = failures.splice(0).map((line) => `${line}\u001b[K\n`);
    drawnLines = lines.length;
    write(`${up}${news.join("")}${lines.map((line) => `${line}\u001b[K\n`).join("")}`);
  };
  const timer = setInterval(draw, REDRAW_MS);
  return {
    installing: (client) => {
      rowOf(client).doing = "install";
    },
    began: (client, { id }) => {
      const row = rowOf(client);
      row.doing = id;
      row.startedMs ??= performance.now();
    },
    ended: (client, cell: Cell) => {
      rowOf(client).cells.set(cell.scenario, cell.outcome);
      if (cell.outcome === "failed") failures.push(lineOf(client, cell));
    },
    done: (client) => {
      const row = rowOf(client);
      row.doing = "";
      row.tookMs = performance.now() - (row.startedMs ?? performance.now());
    },
    close: () => {
      clearInterval(timer);
      draw();
    },
  };
}

function lineOfRow(client: Client, row: Row, nowMs: number, columns: number): string {
  const cells = client.scenarios.map(({ id }) => {
    const outcome = row.cells.get(id);
    return outcome === undefined ? "·" : signs[outcome];
  });
  const ms = row.tookMs ?? (row.startedMs === null ? null : nowMs - row.startedMs);
  const time = ms === null ? "" : `${Math.round(ms / 1000)} s`;
  // A line that the terminal breaks would spoil the next drawing.
  const left = Math.max(0, columns - NAME_COLUMNS - cells.length - TIME_COLUMNS - 4);
  const doing = row.doing.slice(0, left);
  return `${client.folderName.padEnd(NAME_COLUMNS)} ${cells.join("")} ${time.padStart(TIME_COLUMNS)} ${doing}`;
}
