/**
 * `npm run soak -- [--minutes N] [--kill-each SECONDS]`: three brokers over three members of etcd, each a process of its own,
 * bear a steady load for long. Every ten seconds it is looked at what grows; in the end, at what was lost, or is there twice.
 * Ends with 1 when the load found something wrong. Needs etcd.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { inRepository } from "../../support/repository.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { RealCluster } from "../machines/real-cluster.js";
import { Load } from "./load.js";
import { type Sample, sampleOf, sampleOfEtcd } from "./samples.js";
import { Tally } from "./tally.js";

const SAMPLE_MS = 10_000;
const DOWN_MS = 2_000;
const MS_PER_MINUTE = 60_000;
const QUARTERS = 4;
const FINDINGS_SHOWN = 20;
const WARNINGS_SHOWN = 5;

/** What expires does so within the run: what grows then grows without end. */
const properties = {
  "log.segment.bytes": "4194304",
  "log.roll.ms": "60000",
  "log.retention.ms": "120000",
  "log.retention.check.interval.ms": "10000",
  "log.segment.delete.delay.ms": "5000",
  "offsets.topic.segment.bytes": "1048576",
  "transaction.state.log.segment.bytes": "1048576",
  "offsets.retention.minutes": "1",
  "offsets.retention.check.interval.ms": "10000",
  "producer.id.expiration.ms": "60000",
  "producer.id.expiration.check.interval.ms": "10000",
  "transactional.id.expiration.ms": "60000",
  "transaction.remove.expired.transaction.cleanup.interval.ms": "10000",
  "metadata.log.max.record.bytes.between.snapshots": "50000",
};

const { values } = parseArgs({
  options: { minutes: { type: "string", default: "20" }, "kill-each": { type: "string", default: "0" } },
});
const endsMs = performance.now() + Number(values.minutes) * MS_PER_MINUTE;
const killEachMs = Number(values["kill-each"]) * 1_000;

// Then it leaves nothing behind: what it has started ends at its exit.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(1));
const probes = temporaryFolder("soak");
process.env.SOAK_PROBES = probes.path;
process.env.NODE_OPTIONS = `--import ${pathToFileURL(inRepository("tests", "cluster", "soak", "broker-probe.mjs"))}`;

const cluster = await RealCluster.start({ properties });
const tally = new Tally();
const load = new Load(
  cluster.brokers.map(({ address }) => address),
  tally,
);
await load.start();
/** By the time: of each broker, and of etcd. */
const samples: Sample[][] = [];
const looking = look();
await killInTurn();
await load.end();
await looking;
tally.close();
tellWhatGrew();
tellWhatWasFound();
await cluster.stop();
process.exit(tally.findings.length === 0 ? 0 : 1);

async function look(): Promise<void> {
  let batches = tally.batches;
  while (performance.now() < endsMs) {
    await sleep(SAMPLE_MS);
    samples.push([
      ...cluster.brokers.map((broker) => sampleOf(broker, cluster, probes.path)),
      await sampleOfEtcd(cluster),
    ]);
    const rate = (((tally.batches - batches) / SAMPLE_MS) * 1_000).toFixed(0);
    batches = tally.batches;
    const resident = cluster.brokers.map((_, index) => samples.at(-1)?.[index]?.["RSS, MB"]?.toFixed(0)).join(", ");
    const { topics, moves, groups } = load.counts;
    const done = `${rate} batches/s; ${topics} topics, ${groups} groups came and went, ${moves} moves`;
    const at = (samples.length * SAMPLE_MS) / 1_000;
    console.log(`${at} s: ${done}; RSS ${resident} MB; ${tally.findings.length} findings`);
  }
}

async function killInTurn(): Promise<void> {
  for (let turn = 0; performance.now() < endsMs; turn++) {
    const leftMs = endsMs - performance.now();
    await sleep(killEachMs === 0 ? leftMs : Math.min(killEachMs, leftMs));
    const broker = cluster.brokers[turn % cluster.brokers.length];
    // The last one is back long before the end.
    if (killEachMs === 0 || broker === undefined || endsMs - performance.now() < killEachMs / 2) continue;
    await broker.kill();
    await sleep(DOWN_MS);
    await broker.start();
  }
}

/** The median of each quarter of the run: what grows from the second to the last grows. */
function tellWhatGrew(): void {
  const names = [...cluster.brokers.map(({ nodeId }) => `broker ${nodeId}`), "etcd"];
  names.forEach((name, index) => {
    const rows = samples.map((sample) => sample[index] ?? {});
    for (const figure of Object.keys(rows[0] ?? {})) {
      const all = rows.map((row) => row[figure] ?? 0);
      const quarter = Math.ceil(all.length / QUARTERS);
      const medians = Array.from({ length: QUARTERS }, (_, part) =>
        median(all.slice(part * quarter, (part + 1) * quarter)).toFixed(1),
      );
      console.log(`${name}, ${figure}: ${medians.join(", ")}; at most ${Math.max(...all).toFixed(1)}`);
    }
  });
}

function tellWhatWasFound(): void {
  for (const { nodeId, output } of cluster.brokers) {
    const warnings = output.split("\n").filter((line) => /"level":(40|50|60)/.test(line));
    console.log([`broker ${nodeId}: ${warnings.length} warnings`, ...warnings.slice(-WARNINGS_SHOWN)].join("\n  "));
  }
  const { acknowledged, aborted, unknown, read, batches, findings } = tally;
  const records = `${acknowledged} acknowledged, ${aborted} aborted, ${unknown} unknown, ${read} read`;
  console.log(`${batches} batches; records: ${records}`);
  console.log([`${findings.length} findings`, ...findings.slice(0, FINDINGS_SHOWN)].join("\n  "));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
