/** How long a produce takes while something else goes on: a steady producer, and the comparison of its two situations. */
import type { BenchBroker } from "./broker.js";
import { produce } from "./broker.js";
import type { ProbeReading } from "./broker-probe.js";
import { asRatio, atMost, type Figure, inMs, median, percentile, told } from "./figures.js";
import { batchOfBytes } from "./open-logs.js";

export const PROBED_TOPIC = "probed";
const BATCH_BYTES = 16 * 1024;
/** One batch is sent in each, however long the ones before take. */
const INTERVAL_MS = 2;
const RATIO_MAX = 2;
/** So long may background work hold the event loop. */
const HOLD_MS_MAX = 5;

/** What a producer noticed in a time, and what the probe saw of the broker meanwhile. */
export interface Watched {
  readonly latenciesMs: readonly number[];
  readonly seen: ProbeReading;
}

export interface Round {
  readonly idle: Watched;
  readonly beside: Watched;
}

/** Watches the broker under a steady producer for as long as `work` takes. */
export async function watch(broker: BenchBroker, work: () => Promise<unknown>): Promise<Watched> {
  await broker.readProbe();
  const latenciesMs = await latenciesDuring(broker, work);
  return { latenciesMs, seen: await broker.readProbe() };
}

async function latenciesDuring(broker: BenchBroker, work: () => Promise<unknown>): Promise<readonly number[]> {
  const client = await broker.connect();
  const batch = batchOfBytes(BATCH_BYTES);
  const latencies: number[] = [];
  const underWay = new Set<Promise<void>>();
  const send = async () => {
    const startedMs = performance.now();
    await produce(client, PROBED_TOPIC, [0], batch);
    latencies.push(performance.now() - startedMs);
  };
  const timer = setInterval(() => {
    const sent = send().finally(() => underWay.delete(sent));
    underWay.add(sent);
  }, INTERVAL_MS);
  try {
    await work();
  } finally {
    clearInterval(timer);
    await Promise.all(underWay);
    client.close();
  }
  return latencies;
}

/** Each round is compared with its own idle time, since the machine changes from one to the next. */
export function latencyFigures(beside: string, rounds: readonly Round[]): readonly Figure[] {
  const [idle, busy] = [rounds.map((round) => round.idle), rounds.map((round) => round.beside)];
  const ratio = median(rounds.map((round) => p99Of(round.beside) / p99Of(round.idle)));
  return [
    told("produce p50, p99, longest; idle", summaryOf(idle)),
    told(`produce p50, p99, longest; beside ${beside}`, summaryOf(busy)),
    atMost(`produce p99 beside ${beside} to idle, median of ${rounds.length} rounds`, ratio, RATIO_MAX, asRatio),
    ...holdFigures(beside, idle, busy),
  ];
}

function p99Of({ latenciesMs }: Watched): number {
  return percentile(latenciesMs, 0.99);
}

function summaryOf(all: readonly Watched[]): string {
  const p50 = median(all.map(({ latenciesMs }) => percentile(latenciesMs, 0.5)));
  const longest = percentile(
    all.flatMap(({ latenciesMs }) => latenciesMs),
    1,
  );
  return [p50, median(all.map(p99Of)), longest].map(inMs).join(", ");
}

function holdFigures(beside: string, idle: readonly Watched[], busy: readonly Watched[]): readonly Figure[] {
  const longest = (all: readonly Watched[]) => Math.max(...all.map(({ seen }) => seen.longestHoldMs));
  const count = (all: readonly Watched[]) => all.reduce((sum, { seen }) => sum + seen.longHolds, 0);
  return [
    told("longest hold of the event loop, idle", inMs(longest(idle))),
    // A busy machine, or a slow disk, holds an idle broker too: that is not for the work beside to answer.
    atMost(
      `longest hold of the event loop, beside ${beside}`,
      longest(busy),
      Math.max(HOLD_MS_MAX, longest(idle)),
      inMs,
    ),
    told(`holds of more than ${HOLD_MS_MAX} ms, idle and beside ${beside}`, `${count(idle)}, ${count(busy)}`),
  ];
}
