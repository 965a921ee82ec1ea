/** The rounds of the bench: each contender started alone, warmed up, and put through the same workloads. */

import { createTopic } from "../groups/broker.js";
import type { RoundOfAll, SamplesOfRound } from "./comparison.js";
import type { Contender, ContenderName } from "./contender.js";
import type { Samples } from "./figures.js";
import { buildNativeLoad, runNative } from "./native-load.js";
import { startContender } from "./start-contender.js";
import { warmMemory } from "./warm-memory.js";
import type { Workload } from "./workload.js";

/** What a broker does first also compiles the code that does it, so it is not counted. */
const WARM_UP = { records: 1_500_000, size: 1024, batch: 65_536, partitions: 4 };

export interface RoundsOptions {
  readonly workloads: readonly Workload[];
  /** They take turns in coming first. */
  readonly contenders: readonly ContenderName[];
  readonly rounds: number;
  /** 1 for full loads. */
  readonly scale: number;
}

export async function runRounds(options: RoundsOptions): Promise<readonly RoundOfAll[]> {
  const { workloads, contenders, rounds } = options;
  buildNativeLoad();
  warmMemory(workloads.length);
  const found: RoundOfAll[] = [];
  for (let number = 0; number < rounds; number++) {
    const order = number % 2 === 0 ? contenders : contenders.toReversed();
    const round = new Map<ContenderName, SamplesOfRound>();
    for (const name of order) round.set(name, await roundOf(name, number, options));
    found.push(round);
  }
  return found;
}

async function roundOf(name: ContenderName, number: number, options: RoundsOptions): Promise<SamplesOfRound> {
  const { workloads, scale } = options;
  const own = workloads.filter(({ withoutFake }) => name !== "kfake" || withoutFake !== true);
  const warm = own.filter(({ isCold }) => isCold !== true);
  const found = new Map<string, Samples>();
  const contender = await startContender(name);
  const runAll = async (some: readonly Workload[]) => {
    for (const workload of some) {
      const samples = await workload.run(contender, { topic: `bench-${number}-${workload.name}`, scale });
      found.set(workload.name, samples);
      console.log(`round ${number + 1}, ${name}, ${workload.name}: ${JSON.stringify(samples)}`);
    }
  };
  try {
    await runAll(own.filter((workload) => !warm.includes(workload)));
    if (warm.length > 0) await warmUp(contender, scale);
    await runAll(warm);
    return found;
  } finally {
    await contender.stop();
  }
}

async function warmUp(contender: Contender, scale: number): Promise<void> {
  const { size, batch, partitions } = WARM_UP;
  const [topic, records] = ["bench-warm-up", Math.ceil(WARM_UP.records * scale)];
  await createTopic(contender.port, topic, partitions);
  await runNative("produce", contender, { topic, size, batch, records });
  await runNative("fetch", contender, { topic, records });
}
