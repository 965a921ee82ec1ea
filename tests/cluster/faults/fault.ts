/** A fault, and what came of it: it strikes a cluster of processes under load, and then everything is judged. */
import { copyFileSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { longestWithoutAcknowledgement } from "../checker/acknowledgement-gaps.js";
import { checkHistory, type FindingKind, type Verdict } from "../checker/check-history.js";
import { RealCluster, type RealClusterOptions } from "../machines/real-cluster.js";
import { Workload } from "../workload/workload.js";

/** So many batches in each partition before the fault. */
const WARM_UP_BATCHES = 20;
const FINDINGS_SHOWN = 10;

export interface Fault {
  /** What befalls the cluster. */
  readonly name: string;
  readonly cluster?: RealClusterOptions;
  /** For how long a partition may go without an acknowledgement. Loose: the machine may be busy. */
  readonly withoutAcknowledgementMsMax: number;
  /** Strikes and heals; in the end all brokers run. */
  strike(cluster: RealCluster, workload: Workload): Promise<void>;
}

export interface FaultReport {
  readonly name: string;
  readonly verdict: Verdict;
  readonly withoutAcknowledgementMs: number;
  /** One line for people. */
  readonly summary: string;
}

export async function runFault(fault: Fault): Promise<FaultReport> {
  const cluster = await RealCluster.start(fault.cluster);
  let workload: Workload | null = null;
  try {
    workload = await Workload.start(cluster);
    await workload.more(WARM_UP_BATCHES);
    await fault.strike(cluster, workload);
    const history = await workload.end();
    const verdict = checkHistory(history);
    const { ms } = longestWithoutAcknowledgement(history);
    if (verdict.findings.length > 0) keep(cluster, fault, verdict);
    return { name: fault.name, verdict, withoutAcknowledgementMs: ms, summary: summaryOf(fault, verdict, ms) };
  } catch (error) {
    keep(cluster, fault, null);
    throw error;
  } finally {
    await workload?.kill();
    await cluster.stop();
  }
}

function summaryOf({ name }: Fault, { findings, acknowledged, aborted, unknown }: Verdict, ms: number): string {
  const count = (kind: FindingKind) => findings.filter((finding) => finding.kind === kind).length;
  const records = `${acknowledged} records acknowledged, ${aborted} aborted, ${unknown} unknown`;
  const wrong = `${count("lost")} lost, ${count("duplicated")} twice, ${findings.length} findings in all`;
  return `${name}: at most ${ms} ms without an acknowledgement; ${records}; ${wrong}`;
}

/** For whoever looks for the cause. */
function keep(cluster: RealCluster, { name }: Fault, verdict: Verdict | null): void {
  const kept = mkdtempSync(join(tmpdir(), "samsa-fault-"));
  for (const { nodeId, output } of cluster.brokers) writeFileSync(join(kept, `broker-${nodeId}.log`), output);
  try {
    copyFileSync(join(cluster.folder, "history.jsonl"), join(kept, "history.jsonl"));
  } catch {
    // It has not come to that.
  }
  const findings = verdict?.findings.slice(0, FINDINGS_SHOWN).map(({ kind, says }) => `\n  ${kind}: ${says}`) ?? [];
  console.log(`${name}: what the brokers wrote is kept in ${kept}${findings.join("")}`);
}
