/** The rounds of the bench: each contender started alone, warmed up, and put through the same workloads. */

import { createTopic } from "../groups/broker.js";
import type { Contender, ContenderName } from "./contender.js";
import type { Findings } from "./findings.js";
import { runNative } from "./native-load.js";
import { startContender } from "./start-contender.js";
import type { Workload } from "./workload.js";

/**
 * What a broker does first also compiles the code that does it, so it is not counted. Apache Kafka's CPU per request falls to
 * a third within the first 200,000 of them, and but little after that; Samsa's hardly changes after 20,000.
 */
const WARM_UP = { records: 1_000_000, size: 1024, batch: 65_536, partitions: 4 };
const WARM_UP_REQUESTS = { size: 10, batch: 0, requests: 200_000, clients: 4, inflight: 5 };
const MS_PER_MINUTE = 60_000;

export interface RoundsOptions {
  readonly workloads: readonly Workload[];
  /** They take turns in coming first. */
  readonly contenders: readonly ContenderName[];
  readonly rounds: number;
}

export async function runRounds(options: RoundsOptions, findings: Findings): Promise<void> {
  const { workloads, contenders, rounds } = options;
  if (workloads.length === 0) return;
  const startedMs = performance.now();
  for (let number = 0; number < rounds; number++) {
    const order = number % 2 === 0 ? contenders : contenders.toReversed();
    for (const name of order) await roundOf(name, number, workloads, findings);
    const minutes = (performance.now() - startedMs) / MS_PER_MINUTE;
    const left = (minutes / (number + 1)) * (rounds - number - 1);
    console.log(
      `${number + 1} of ${rounds} rounds in ${minutes.toFixed(1)} minutes; about ${left.toFixed(0)} are left`,
    );
  }
}

/** A contender that fails in a workload is started anew for those that come after it. */
async function roundOf(
  name: ContenderName,
  number: number,
  workloads: readonly Workload[],
  findings: Findings,
): Promise<void> {
  let left: readonly Workload[] = workloads.filter(({ withoutFake }) => name !== "kfake" || withoutFake !== true);
  while (left.length > 0) {
    const contender = await started(name, number, left, findings);
    if (contender === null) {
      left = left.slice(1);
      continue;
    }
    try {
      left = left.slice(await runSome(contender, number, left, findings));
    } finally {
      await contender.stop();
    }
  }
}

/** Null: it did not start, which is the failure of the workload that comes next. */
async function started(
  name: ContenderName,
  number: number,
  [next]: readonly Workload[],
  findings: Findings,
): Promise<Contender | null> {
  try {
    return await startContender(name);
  } catch (error) {
    findings.addFailure(number, name, next?.name ?? "", error);
    return null;
  }
}

/** Gives how many are done with: the last one may have failed. */
async function runSome(
  contender: Contender,
  number: number,
  workloads: readonly Workload[],
  findings: Findings,
): Promise<number> {
  const { name } = contender;
  const { scale } = findings;
  // The broker in memory forgets nothing: it would end with all of the machine's. What it runs was compiled before.
  const atOnce = name === "kfake" ? workloads.slice(0, 1) : workloads;
  let isWarm = name === "kfake";
  for (const [index, workload] of atOnce.entries()) {
    try {
      if (!isWarm && workload.isCold !== true) {
        await warmUp(contender, scale);
        isWarm = true;
      }
      const topic = `bench-${number}-${workload.name}`;
      const samples = await workload.run(contender, { topic, scale, shown: findings.shown(number, name) });
      findings.add(number, name, workload.name, samples);
    } catch (error) {
      findings.addFailure(number, name, workload.name, error);
      return index + 1;
    }
  }
  return atOnce.length;
}

export async function warmUp(contender: Contender, scale: number): Promise<void> {
  const { size, batch, partitions } = WARM_UP;
  const [topic, records, small] = ["bench-warm-up", Math.ceil(WARM_UP.records * scale), "bench-warm-up-small"];
  await createTopic(contender.port, topic, partitions);
  await createTopic(contender.port, `${small}-0`, partitions);
  const requests = Math.ceil(WARM_UP_REQUESTS.requests * scale);
  await runNative("raw", contender, { ...WARM_UP_REQUESTS, topic: small, partitions, requests });
  await runNative("produce", contender, { topic, size, batch, records });
  await runNative("fetch", contender, { topic, records });
}
