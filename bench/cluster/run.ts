/** `npm run bench:cluster`: produce with acks=all to partitions of three replicas, on Apache Kafka and on Samsa, in turns. */
import { writeFileSync } from "node:fs";
import { whyNoEtcd } from "../../tests/cluster/machines/etcd-members.js";
import { Refusal, runBench } from "../command/run-bench.js";
import { loadOfLastMinute } from "../report/page.js";
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

await runBench(
  {
    usage: `npm run bench:cluster [-- CLUSTER…] [--quick] [--report] [--json FILE]
  CLUSTER      one-process, processes (over etcd): beside Apache Kafka; both when none is named
  --quick      few short rounds, to see that it works: the verdicts count for nothing
  --report     writes docs/generated/cluster-bench.md
  --json FILE  writes all figures of all rounds`,
    options: {
      quick: { type: "boolean", default: false },
      report: { type: "boolean", default: false },
      json: { type: "string" },
    },
    names: clusterNames,
  },
  async ({ values, isChosen }) => {
    const names = clusterNames.filter((name) => name === "apache" || isChosen({ name }));
    const noEtcd = names.includes("processes") ? whyNoEtcd() : null;
    if (noEtcd !== null) throw new Refusal(noEtcd);
    const result = await measure(names, values.quick);
    print(result);
    if (values.report) writeReport(result);
    if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
    return result.compared.every(({ holds }) => holds) ? 0 : 1;
  },
);

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
