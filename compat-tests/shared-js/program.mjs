/**
 * The frame of every JavaScript client's program: reads the arguments, runs the scenarios one after the other, prints
 * what came of each, and asks the suite for what only it can do (compat-tests/README.md, "The contract").
 */
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { admin } from "./scenarios-admin.mjs";
import { errors } from "./scenarios-errors.mjs";
import { faults } from "./scenarios-faults.mjs";
import { groups } from "./scenarios-groups.mjs";
import { records } from "./scenarios-records.mjs";
import { transactions } from "./scenarios-transactions.mjs";

const bodies = { ...records, ...groups, ...transactions, ...admin, ...errors, ...faults };
const limitsS = {
  "batch-100k": 240,
  "idempotent-disconnects": 90,
  "partitions-added": 90,
  "broker-restart": 240,
  "broker-kill": 240,
  "leader-change": 240,
};
const LIMIT_S = 60;
const REBALANCE_LIMIT_S = 90;

/** Thrown by an adapter, or a scenario, for what the client cannot do. */
export class Unsupported extends Error {}

class Refused extends Error {}

/** `connect(bootstrap, ask)` gives the client's adapter: see adapter.md in this folder. `own`: bodies in place of the shared ones. */
export async function runProgram(connect, own = {}) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { bootstrap: { type: "string" }, prefix: { type: "string" } },
  });
  const answers = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  const ask = async (deed) => {
    print(deed);
    const { value } = await answers.next();
    const answer = JSON.parse(value ?? '{"refused":"the suite is gone"}');
    if (answer.done !== true) throw new Refused(answer.refused);
  };
  // A client may reject a promise that nobody has kept. That is told, and is no end.
  process.on("unhandledRejection", (error) => console.error("unhandled", error));
  process.on("uncaughtException", (error) => console.error("uncaught", error));
  for (const id of positionals) {
    const startedMs = performance.now();
    const result = await outcomeOf(id, own[id] ?? bodies[id], () => connect(values.bootstrap, ask), ask, values.prefix);
    print({ scenario: id, ms: Math.round(performance.now() - startedMs), ...result });
  }
  process.exit(0);
}

async function outcomeOf(id, body, connect, ask, prefix) {
  if (body === undefined) return { outcome: "unsupported" };
  const client = connect();
  const topic = `${prefix}-${id}`;
  const context = { id, client, ask, topic, group: `${topic}-group`, transactionalId: `${topic}-tx` };
  const limitS = limitsS[id] ?? (groups[id] === undefined ? LIMIT_S : REBALANCE_LIMIT_S);
  try {
    await withLimit(body(context), limitS);
    return { outcome: "passed" };
  } catch (error) {
    if (error instanceof Unsupported) return { outcome: "unsupported" };
    if (error instanceof Refused) return { outcome: "skipped", message: error.message };
    return { outcome: "failed", message: messageOf(client, error) };
  } finally {
    await withLimit(client.close(), 20).catch(() => {});
  }
}

function messageOf(client, error) {
  const message = `${error?.message ?? error}`;
  const name = client.errorName(error ?? {});
  return name.includes(message) ? name : `${message} ${name}`;
}

function withLimit(promise, limitS) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`did not end within ${limitS} s`)), limitS * 1000);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

function print(event) {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}
