/**
 * `npm run bench:cluster [-- CLUSTER… ] [--quick] [--report] [--json FILE]`: produce with acks=all to partitions of three
 * replicas, on Apache Kafka and on Samsa, in turns: one-process, processes (over etcd); both beside Apache Kafka when none
 * is named. `--quick` has few short rounds, to see that it works; its verdicts count for nothing. `--report` writes the
 * table to docs/generated/cluster-bench.md, `--json` all figures of all rounds to a file.
 */
import { writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { whyNoEtcd } from "../../tests/cluster/machines/etcd-members.js";
import { createTopic } from "./bench-topic.js";
import { type Cluster, type ClusterName, clusterNames, startCluster } from "./clusters.js";
import { type Compared, compareWithApache } from "./comparison.js";
import { Producers } from "./producers.js";
import { type BenchResult, print, writeReport } from "./report.js";
import { type Round, type RoundSize, roundOf } from "./round.js";

const full: RoundSize = { megabytes: 250, steadyBatches: 1_500 };
const quick: RoundSize = { megabytes: 60, steadyBatches: 300 };
/** The first ones also compile the code that they run: they are not counted. */
const ROUNDS_UNCOUNTED = 2;
const ROUNDS = 5;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const { values: options, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      quick: { type: "boolean", default: false },
      report: { type: "boolean", default: false },
      json: { type: "string" },
    },
  });
  const unknown = positionals.find((name) => !clusterNames.some((known) => known === name));
  if (unknown !== undefined) return refuse(`No cluster is called ${unknown}: ${clusterNames.join(", ")}.`);
  const names = clusterNames.filter(
    (name) => name === "apache" || positionals.length === 0 || positionals.includes(name),
  );
  const noEtcd = names.includes("processes") ? whyNoEtcd() : null;
  if (noEtcd !== null) return refuse(noEtcd);
  const result = await measure(names, options.quick);
  print(result);
  if (options.report) writeReport(result);
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(result, null, 2)}\n`);
  return result.compared.every(({ holds }) => holds) ? 0 : 1;
}

function refuse(why: string): number {
  console.error(why);
  return 2;
}

/** All clusters live through all rounds, as warm as they get; those that are not under load have nothing to do. */
async function measure(names: readonly ClusterName[], isQuick: boolean): Promise<BenchResult> {
  const loadBefore = loadOfLastMinute();
  const loaded: { readonly cluster: Cluster; readonly producers: Producers; readonly rounds: Round[] }[] = [];
  const clusters: Cluster[] = [];
  try {
    for (const name of names) {
      const cluster = await startCluster(name);
      clusters.push(cluster);
      loaded.push({ cluster, producers: await Producers.connect(await createTopic(cluster.port)), rounds: [] });
    }
    const uncounted = isQuick ? 1 : ROUNDS_UNCOUNTED;
    const rounds = uncounted + (isQuick ? 1 : ROUNDS);
    for (let number = 0; number < rounds; number++) {
      // They take turns in coming first.
      for (const { cluster, producers, rounds } of number % 2 === 0 ? loaded : [...loaded].reverse()) {
        const round = await roundOf(cluster, producers, isQuick ? quick : full);
        if (number >= uncounted) rounds.push(round);
      }
    }
    const roundsOf = Object.fromEntries(loaded.map(({ cluster, rounds }) => [cluster.name, rounds]));
    return { isQuick, rounds: roundsOf, compared: comparedOf(roundsOf), loadBefore, loadAfter: loadOfLastMinute() };
  } finally {
    for (const { producers } of loaded) producers.close();
    await Promise.all(clusters.map((cluster) => cluster.stop()));
  }
}

function comparedOf(rounds: Readonly<Partial<Record<ClusterName, readonly Round[]>>>): readonly Compared[] {
  const { apache = [], ...others } = rounds;
  return clusterNames.flatMap((name) => {
    const samsa = name === "apache" ? undefined : others[name];
    return samsa === undefined ? [] : [compareWithApache(name, samsa, apache)];
  });
}

function loadOfLastMinute(): number {
  return loadavg()[0] ?? 0;
}
