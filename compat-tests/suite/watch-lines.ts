/** What is told while the suite runs where nobody looks at a terminal: one line for each thing that ended. */
import type { Client } from "./client.js";
import type { Cell } from "./results.js";
import type { Watcher } from "./suite.js";

const NAME_COLUMNS = 28;
const SCENARIO_COLUMNS = 24;

export function watchLines(print: (line: string) => void): Watcher {
  return {
    installing: (client) => print(`${nameOf(client)} install`),
    began: () => {},
    ended: (client, cell) => print(lineOf(client, cell)),
    done: () => {},
  };
}

function nameOf({ folderName }: Client): string {
  return folderName.padEnd(NAME_COLUMNS);
}

export function lineOf(client: Client, { scenario, outcome, ms, message }: Cell): string {
  const time = ms === 0 ? "" : ` ${Math.round(ms)} ms`;
  const why = message === "" ? "" : `: ${message}`;
  return `${nameOf(client)} ${scenario.padEnd(SCENARIO_COLUMNS)} ${outcome}${time}${why}`;
}
