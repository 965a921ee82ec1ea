/**
 * `npm run bench:growth`: how Apache Kafka and Samsa bear more partitions, connections, a larger log and larger batches. Each
 * curve is measured once, on a broker of its own.
 */
import { startTarget } from "../../../tests/support/start-target.js";
import type { Target, TargetBroker } from "../../../tests/support/target-broker.js";
import { Refusal, runBench, shareOf } from "../../command/run-bench.js";
import { whyNoRoom } from "../../log/disk.js";
import { BYTES_PER_GB } from "../../log/figures.js";
import type { Samples } from "../figures.js";
import { buildNativeLoad } from "../native-load.js";
import { warmUp } from "../rounds.js";
import { warmForWorkloads } from "../warm-for-workloads.js";
import { type Curve, curves, type Grown } from "./curves.js";
import { print, writeReport } from "./report.js";

const LOAD_SECONDS = 4;
const DISK_BYTES = 32 * BYTES_PER_GB;
const MINUTES = 14;
const targets: readonly Target[] = ["apache", "samsa"];

const names = curves.map(({ name }) => name);

await runBench(
  {
    usage: `npm run bench:growth [-- CURVE…] [--scale S] [--report]
  CURVE      ${names.join(", ")}; all of them when none is named
  --scale S  loads of this share of their length, to see that it works: 0.2
  --report   writes docs/generated/bench-growth.md and its charts, anew after each curve
It ends with 1 when a broker did not get to the end of a curve.`,
    options: { scale: { type: "string", default: "1" }, report: { type: "boolean", default: false } },
    names,
  },
  async ({ values, isChosen }) => {
    const scale = shareOf("--scale", values.scale);
    const noRoom = whyNoRoom(DISK_BYTES * scale);
    if (noRoom !== null) throw new Refusal(noRoom);
    const chosen = curves.filter(isChosen);
    buildNativeLoad();
    if (chosen.length === curves.length) console.log(`about ${Math.ceil(MINUTES * scale)} minutes on a quiet machine`);
    warmForWorkloads(curves.length, scale);
    const grown: Grown[] = [];
    for (const curve of chosen) {
      const found = { curve, apache: await grow(curve, "apache", scale), samsa: await grow(curve, "samsa", scale) };
      print(found);
      grown.push(found);
      if (values.report) writeReport(grown, scale);
    }
    return grown.every((found) => targets.every((target) => found[target].length === found.curve.sizes.length)) ? 0 : 1;
  },
);

/** Ends with the first size at which a broker fails. */
async function grow(curve: Curve, target: Target, scale: number): Promise<readonly Samples[]> {
  const found: Samples[] = [];
  let broker: TargetBroker | null = null;
  try {
    broker = await startTarget(target);
    await warmUp(asContender(broker), scale / 2);
    for (const [index, size] of curve.sizes.entries()) {
      const sizeBefore = curve.sizes[index - 1] ?? 0;
      const seconds = Math.ceil(LOAD_SECONDS * scale);
      const samples = await curve.measure(broker, { size, sizeBefore, seconds, scale });
      console.log(`${curve.name} ${size}, ${target}: ${JSON.stringify(samples)}`);
      found.push(samples);
    }
  } catch (error) {
    console.error(`${curve.name}, ${target}: FAILED, ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    await broker?.dispose();
  }
  return found;
}

function asContender({ target, pid, port, readyMs, dispose }: TargetBroker) {
  return { name: target, pid, port, readyMs, stop: dispose };
}
