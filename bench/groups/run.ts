/**
 * `npm run bench:groups [-- PART… ] [--quick] [--report]`: groups, commits and transactions on Apache Kafka and on Samsa, in
 * turns: consumer, classic, commits, transactions, assignment; all of them when none is named. `--quick` has few short
 * rounds, to see that it works; its verdicts count for nothing. `--report` writes the tables to
 * docs/generated/groups-bench.md.
 */
import { loadavg } from "node:os";
import type { Target } from "../../tests/support/target-broker.js";
import { Broker } from "./broker.js";
import { classicGroup } from "./classic-group.js";
import { commits } from "./commits.js";
import { compare, type RoundOfBoth } from "./comparison.js";
import { consumerGroup } from "./consumer-group.js";
import { largeAssignment } from "./large-assignment.js";
import type { Part, Sample } from "./part.js";
import { type PartResult, print, writeReport } from "./report.js";
import { transactions } from "./transactions.js";

const parts: readonly Part[] = [consumerGroup, classicGroup, commits, transactions];
const names = [...parts, largeAssignment].map(({ name }) => name);
/** The first ones also compile the code that they run: they are not counted. */
const ROUNDS_UNCOUNTED = 2;
const ROUNDS_UNCOUNTED_QUICK = 1;

process.exitCode = await main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<number> {
  const [isQuick, isReported] = [words.includes("--quick"), words.includes("--report")];
  const wanted = words.filter((word) => !word.startsWith("--"));
  const unknown = wanted.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    console.error(`No part is called ${unknown}: ${names.join(", ")}.`);
    return 2;
  }
  const isWanted = ({ name }: { readonly name: string }) => wanted.length === 0 || wanted.includes(name);
  const results: PartResult[] = [];
  const tell = (result: PartResult) => {
    print(result);
    results.push(result);
  };
  const compared = parts.filter(isWanted);
  if (compared.length > 0) await runBeside(compared, isQuick, tell);
  if (isWanted(largeAssignment)) tell(await runAlone());
  if (isReported) writeReport(results, isQuick);
  return results.every(holds) ? 0 : 1;
}

function holds({ comparisons, figures }: PartResult): boolean {
  return comparisons.every(({ verdict }) => verdict !== "MISSED") && figures.every((figure) => figure.holds);
}

/** Both brokers live through all parts, as warm as they get; the one that is not under load has nothing to do. */
async function runBeside(
  compared: readonly Part[],
  isQuick: boolean,
  tell: (result: PartResult) => void,
): Promise<void> {
  const apache = await Broker.start("apache");
  try {
    const samsa = await Broker.start("samsa");
    try {
      for (const part of compared) tell(await runPart(part, { samsa, apache }, isQuick));
    } finally {
      await samsa.stop();
    }
  } finally {
    await apache.stop();
  }
}

async function runPart(part: Part, brokers: Readonly<Record<Target, Broker>>, isQuick: boolean): Promise<PartResult> {
  const { title, method } = part;
  const loadBefore = loadOfLastMinute();
  await part.prepare(brokers.apache);
  await part.prepare(brokers.samsa);
  const uncounted = isQuick ? ROUNDS_UNCOUNTED_QUICK : ROUNDS_UNCOUNTED;
  const counted = isQuick ? part.rounds.quick : part.rounds.full;
  const rounds: RoundOfBoth[] = [];
  for (let number = 0; number < uncounted + counted; number++) {
    rounds.push(await roundOfBoth(number, (broker) => part.round(brokers[broker], { number, isQuick })));
  }
  const comparisons = compare(rounds.slice(uncounted));
  return { title, method, rounds: counted, comparisons, figures: [], loadBefore, loadAfter: loadOfLastMinute() };
}

async function runAlone(): Promise<PartResult> {
  const { title, method } = largeAssignment;
  const loadBefore = loadOfLastMinute();
  const figures = await largeAssignment.run();
  return { title, method, rounds: 0, comparisons: [], figures, loadBefore, loadAfter: loadOfLastMinute() };
}

/** The two take turns in coming first. */
async function roundOfBoth(
  number: number,
  round: (broker: Target) => Promise<readonly Sample[]>,
): Promise<RoundOfBoth> {
  if (number % 2 === 0) {
    const apache = await round("apache");
    return { apache, samsa: await round("samsa") };
  }
  const samsa = await round("samsa");
  return { samsa, apache: await round("apache") };
}

function loadOfLastMinute(): number {
  return loadavg()[0] ?? 0;
}
