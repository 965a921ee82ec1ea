/**
 * Runs a client's program over a list of scenarios, reads what it reports, and does for it what only the suite can do.
 * A program that dies or falls silent has failed the scenario under way; it is started again with the rest.
 */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import type { Ask, Said } from "../contract.js";
import type { Scenario } from "../scenarios.js";
import type { Client, Places } from "./client.js";
import { askIn, saidIn } from "./program-lines.js";

/** How often a program is started again before all that is left has failed. */
const RESTARTS_MAX = 3;
/** So much longer than the limit of a scenario, which the program keeps itself, a silence may last. */
const SILENCE_GRACE_MS = 30_000;
const COMPLAINT_CHARACTERS_MAX = 1_000;

export interface ClientRun {
  readonly client: Client;
  readonly places: Places;
  readonly bootstrap: string;
  readonly prefix: string;
  readonly scenarios: readonly Scenario[];
  /** Does what was asked for; gives why not, or null when it is done. */
  perform(ask: Ask): Promise<string | null>;
  report(said: Said): void;
  /** A scenario is under way now. */
  began(scenario: Scenario): void;
}

/** Gives when all scenarios are reported, by the program or by what became of it. */
export async function runClient(run: ClientRun): Promise<void> {
  let rest = [...run.scenarios];
  for (let restarts = 0; rest.length > 0; restarts++) {
    const [current] = rest;
    if (current === undefined) return;
    const { left, end } = await runOnce({ ...run, scenarios: rest }, restarts);
    rest = left;
    const under = rest.shift();
    if (under === undefined) return;
    run.report({ scenario: under.id, outcome: "failed", ms: 0, message: end });
    if (restarts === RESTARTS_MAX) break;
  }
  for (const { id } of rest) {
    run.report({
      scenario: id,
      outcome: "failed",
      ms: 0,
      message: `not run: the program ended ${RESTARTS_MAX + 1} times`,
    });
  }
}

const alive = new Set<ChildProcessByStdio<Writable, Readable, Readable>>();
process.once("exit", () => {
  for (const child of alive) killGroup(child);
});

interface End {
  /** The scenarios that the program did not report. */
  readonly left: Scenario[];
  readonly end: string;
}

function runOnce(run: ClientRun, restarts: number): Promise<End> {
  const { client, places, bootstrap, scenarios } = run;
  const prefix = restarts === 0 ? run.prefix : `${run.prefix}-r${restarts}`;
  const left = [...scenarios];
  const [command = "", ...args] = client.run.map((part) => part.replaceAll("{cache}", places.cache));
  // A group of its own: members of groups that the program started end with it.
  const child = spawn(
    command,
    [...args, "--bootstrap", bootstrap, "--prefix", prefix, ...scenarios.map(({ id }) => id)],
    {
      cwd: client.folder,
      env: { ...process.env, COMPAT_CACHE: places.cache },
      stdio: ["pipe", "pipe", "pipe"],
      detached: true,
    },
  );
  alive.add(child);
  return new Promise((resolve) => {
    let complaints = "";
    let silent: NodeJS.Timeout | undefined;
    let wasSilentMs = 0;
    const listen = () => {
      clearTimeout(silent);
      const [current] = left;
      if (current === undefined) return;
      const patienceMs = current.limitS * 1000 + SILENCE_GRACE_MS;
      silent = setTimeout(() => {
        wasSilentMs = patienceMs;
        killGroup(child);
      }, patienceMs);
    };
    const beginNext = () => {
      listen();
      if (left[0] !== undefined) run.began(left[0]);
    };
    const finish = (how: string) => {
      clearTimeout(silent);
      killGroup(child);
      alive.delete(child);
      const silence = wasSilentMs === 0 ? "" : `nothing reported in ${wasSilentMs / 1000} s; `;
      resolve({ left, end: `${silence}the program ended (${how}): ${complaints.slice(-COMPLAINT_CHARACTERS_MAX)}` });
    };
    child.stdin.on("error", () => {});
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      complaints = (complaints + text).slice(-COMPLAINT_CHARACTERS_MAX);
    });
    createInterface({ input: child.stdout }).on("line", (line) => {
      const ask = askIn(line);
      if (ask !== null) {
        clearTimeout(silent);
        void run.perform(ask).then((refused) => {
          child.stdin.write(`${JSON.stringify(refused === null ? { done: true } : { refused })}\n`);
          listen();
        });
        return;
      }
      const said = saidIn(line);
      if (said === null) return;
      const position = left.findIndex(({ id }) => id === said.scenario);
      if (position < 0) return;
      left.splice(position, 1);
      run.report(said);
      beginNext();
    });
    child.once("error", (error) => finish(error.message));
    child.once("close", (code, signal) => finish(String(signal ?? code)));
    beginNext();
  });
}

function killGroup(child: ChildProcessByStdio<Writable, Readable, Readable>): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // All of them have ended.
  }
}
