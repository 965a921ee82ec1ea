/** What came of each client in each scenario, and how a client's own word is judged. */
import type { Said } from "../contract.js";
import type { Client } from "./client.js";

/**
 * - `unsupported`: the client has no such call, as its client.json says.
 * - `known`: it failed, and its client.json says why it does so on every broker.
 * - `skipped`: not tried: the client or its language is missing, or the broker is not the suite's own.
 */
export type Outcome = "passed" | "failed" | "unsupported" | "known" | "skipped";

export const outcomes: readonly Outcome[] = ["passed", "failed", "unsupported", "known", "skipped"];

export interface Cell {
  /** The folder of the client. */
  readonly client: string;
  readonly scenario: string;
  readonly outcome: Outcome;
  readonly ms: number;
  readonly message: string;
}

export function judge(client: Client, said: Said): Cell {
  const { scenario, ms } = said;
  const reason = client.known[scenario];
  const cell = (outcome: Outcome, message: string): Cell => ({
    client: client.folderName,
    scenario,
    outcome,
    ms,
    message: oneLine(message),
  });
  switch (said.outcome) {
    case "passed":
      return cell("passed", reason === undefined ? "" : `but client.json says: ${reason}`);
    case "unsupported":
      return reason === undefined
        ? cell("failed", "reported as unsupported, but client.json gives no reason")
        : cell("unsupported", reason);
    case "failed":
      return reason === undefined ? cell("failed", said.message) : cell("known", `${reason} (${said.message})`);
    case "skipped":
      return cell("skipped", said.message);
  }
}

const MESSAGE_CHARACTERS_MAX = 400;

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim().slice(0, MESSAGE_CHARACTERS_MAX);
}

export function countOf(cells: readonly Cell[], outcome: Outcome): number {
  return cells.filter((cell) => cell.outcome === outcome).length;
}

/** `310 passed, 2 failed, 14 unsupported`: without those that are none. */
export function summaryOf(cells: readonly Cell[]): string {
  const counts = outcomes.map((outcome) => [outcome, countOf(cells, outcome)] as const);
  return counts
    .flatMap(([outcome, count]) => (count === 0 && outcome !== "failed" ? [] : [`${count} ${outcome}`]))
    .join(", ");
}
