/**
 * `npm run fuzz -- [--seconds 60] [--seed N]`: sends mutated requests to a Samsa process over several connections, and
 * ends with 1 when it crashes, tells of a fault of its own, answers what nobody can read, keeps memory, or stops serving.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { startSamsa } from "../support/samsa.js";
import { Attacker } from "./attacker.js";
import { type Corpus, corpusFrom } from "./corpus.js";
import { residentBytes, whatIsWrong } from "./health.js";

const CONNECTIONS = 48;
const MEBIBYTE = 1024 * 1024;
const GROWTH_BYTES_MAX = 64 * MEBIBYTE;
/** Until then caches fill and code is compiled; from there on nothing may pile up. */
const WARM_UP_SHARE = 0.3;
/** Enough for a collection of what the attack left. */
const REST_MS = 2000;
/** A line of the log that says the fault is the broker's. */
const FAULT = /^.*(?:reason of ours|Invariant broken|unhandled|uncaught|RangeError|TypeError).*$/im;
const LOOKS_MS = 100;
/** What is garbage is soon collected, and what is kept for ever ends the process. */
const smallHeap = ["--max-old-space-size=96", "--max-semi-space-size=4"];

const { values: options } = parseArgs({
  options: { seconds: { type: "string", default: "60" }, seed: { type: "string", default: "1" } },
});
const [runMs, seed] = [Number(options.seconds) * 1000, Number(options.seed)];

const broker = await startSamsa({ nodeArguments: smallHeap, properties: { "samsa.log.level": "error" } });
const wrongs = new Set<string>();
let sent = 0;
let sentRecorded = 0;
let answered = 0;
let grownBytes = 0;
const look = setInterval(() => {
  const fault = FAULT.exec(broker.output)?.[0];
  if (fault !== undefined) wrongs.add(`the log says: ${fault.slice(0, 2000)}`);
}, LOOKS_MS);
try {
  const corpus = await corpusFrom(broker, seed);
  await attack(corpus, runMs * WARM_UP_SHARE, 0);
  const before = residentBytes(broker.pid);
  await attack(corpus, runMs * (1 - WARM_UP_SHARE), CONNECTIONS);
  grownBytes = residentBytes(broker.pid) - before;
  if (grownBytes > GROWTH_BYTES_MAX) wrongs.add(`memory grew by ${inMebibytes(grownBytes)} MiB`);
  const wrong = await whatIsWrong(broker, "fuzz-afterwards");
  if (wrong !== null) wrongs.add(`afterwards: ${wrong}`);
} catch (error) {
  wrongs.add(`${error instanceof Error ? error.stack : error}; the output ends with ${broker.output.slice(-2000)}`);
} finally {
  clearInterval(look);
  await broker.dispose();
}
for (const wrong of wrongs) console.log(`✗ ${wrong}`);
const memory = `memory grew by ${inMebibytes(grownBytes)} MiB`;
const requests = `${sent} requests sent, ${sentRecorded} of them from recordings, ${answered} answered`;
console.log(`fuzz seed ${seed}: ${requests}, ${memory}, ${wrongs.size} wrong`);
process.exitCode = wrongs.size === 0 ? 0 : 1;

/** `from` sets the dice of these attackers apart from those of the attack before. */
async function attack(corpus: Corpus, forMs: number, from: number): Promise<void> {
  const untilMs = performance.now() + forMs;
  const attackers = Array.from({ length: CONNECTIONS }, (_, index) => new Attacker(broker, corpus, seed, from + index));
  for (const report of await Promise.all(attackers.map((attacker) => attacker.attack(untilMs)))) {
    sent += report.sent;
    sentRecorded += report.sentRecorded;
    answered += report.answered;
    for (const unreadable of report.unreadable) wrongs.add(unreadable);
  }
  await sleep(REST_MS);
}

function inMebibytes(bytes: number): number {
  return Math.round(bytes / MEBIBYTE);
}
