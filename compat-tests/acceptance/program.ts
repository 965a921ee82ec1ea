/** The program of the acceptance cases: speaks the suite's lines of JSON (compat-tests/README.md, "The contract"). */
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Kafka, logLevel } from "kafkajs";
import { WireClient } from "../../tests/support/wire-client.js";
import type { Ask, Said } from "../contract.js";
import { type AcceptanceCase, type BrokerUnderTest, Skipped } from "./case.js";
import { acceptanceCases } from "./cases/index.js";

/** Longer than any request may wait for its answer in the cases. */
const ANSWER_MS_MAX = 35_000;
const CLOSE_MS_MAX = 10_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { bootstrap: { type: "string", default: "" }, prefix: { type: "string", default: "" } },
});
const answers = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
// A client may reject a promise that nobody has kept. That is told, and is no end.
process.on("unhandledRejection", (error) => console.error("unhandled", error));
for (const id of positionals) print(await cameOf(id));
process.exit(0);

async function cameOf(id: string): Promise<Said> {
  const startedMs = performance.now();
  const said = (outcome: Said["outcome"], message = ""): Said => ({
    scenario: id,
    outcome,
    ms: Math.round(performance.now() - startedMs),
    message,
  });
  const found = acceptanceCases.find((one) => one.id === id);
  if (found === undefined) return said("unsupported");
  const closers: (() => unknown)[] = [];
  try {
    await withLimit(found, found.run(brokerFor(found, closers)));
    return said("passed");
  } catch (error) {
    if (error instanceof Skipped) return said("skipped", error.message);
    return said("failed", error instanceof Error ? error.message : String(error));
  } finally {
    await Promise.race([closeAll(closers), sleep(CLOSE_MS_MAX)]);
  }
}

async function withLimit({ limitS }: AcceptanceCase, work: Promise<void>): Promise<void> {
  const late = new AbortController();
  const limit = sleep(limitS * 1000, undefined, { signal: late.signal }).then(() => {
    throw new Error(`did not end within ${limitS} s`);
  });
  // Cut short once the work is done: that is no failure.
  limit.catch(() => {});
  await Promise.race([work, limit]).finally(() => late.abort());
}

async function closeAll(closers: (() => unknown)[]): Promise<void> {
  for (const close of closers.reverse()) {
    try {
      await close();
    } catch (error) {
      console.error("closing", error);
    }
  }
}

function brokerFor({ id }: AcceptanceCase, closers: (() => unknown)[]): BrokerUnderTest {
  const { bootstrap, prefix } = values;
  return {
    bootstrap,
    connect: async (to) => {
      const client = await WireClient.connect({
        ...(to ?? firstOf(bootstrap)),
        clientId: id,
        answerMsMax: ANSWER_MS_MAX,
      });
      closers.push(() => client.close());
      return client;
    },
    kafkajs: (options = {}) =>
      new Kafka({
        clientId: id,
        brokers: bootstrap.split(","),
        logLevel: logLevel.NOTHING,
        retry: { retries: 0 },
        ...options,
      }),
    name: (suffix) => (suffix === undefined ? `${prefix}-${id}` : `${prefix}-${id}-${suffix}`),
    ask: askSuite,
    atEnd: (run) => void closers.push(run),
  };
}

function firstOf(bootstrap: string): { host: string; port: number } {
  const [first = ""] = bootstrap.split(",");
  const colon = first.lastIndexOf(":");
  return { host: first.slice(0, colon), port: Number(first.slice(colon + 1)) };
}

async function askSuite(deed: Ask): Promise<void> {
  print(deed);
  const { value = '{"refused":"the suite is gone"}' } = await answers.next();
  const { refused }: { refused?: string } = JSON.parse(value);
  if (refused !== undefined) throw new Skipped(refused);
}

function print(line: Said | Ask): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
