/** `npm run bench:groups`: groups, commits and transactions on Apache Kafka and on Samsa, in turns. */
import type { Target } from "../../tests/support/target-broker.js";
import { runBench } from "../command/run-bench.js";
import { loadOfLastMinute } from "../report/page.js";
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

await runBench(
  {
    usage: `npm run bench:groups [-- PART…] [--quick] [--report]
  PART      ${names.join(", ")}; all of them when none is named
  --quick   few short rounds, to see that it works: the verdicts count for nothing
  --report  writes docs/generated/groups-bench.md`,
    options: { quick: { type: "boolean", default: false }, report: { type: "boolean", default: false } },
    names,
  },
  async ({ values, isChosen }) => {
    const results: PartResult[] = [];
    const tell = (result: PartResult) => {
      print(result);
      results.push(result);
    };
    const compared = parts.filter(isChosen);
    if (compared.length > 0) await runBeside(compared, values.quick, tell);
    if (isChosen(largeAssignment)) tell(await runAlone());
    if (values.report) writeReport(results, values.quick);
    return results.every(holds) ? 0 : 1;
  },
);

function holds({ lines, figures }: PartResult): boolean {
  return lines.every(({ verdict }) => verdict !== "MISSED") && figures.every((figure) => figure.holds);
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
  const lines = compare(rounds.slice(uncounted));
  return { title, method, rounds: counted, lines, figures: [], loadBefore, loadAfter: loadOfLastMinute() };
}

async function runAlone(): Promise<PartResult> {
  const { title, method } = largeAssignment;
  const loadBefore = loadOfLastMinute();
  const figures = await largeAssignment.run();
  return { title, method, rounds: 0, lines: [], figures, loadBefore, loadAfter: loadOfLastMinute() };
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
