/**
 * `npm run diff:cluster [-- STORY...] [--self] [--print] [--wording]`: sends the same requests to three brokers of Apache
 * Kafka and to three of Samsa, while brokers come and go, and compares the answers field by field. Ends with 1 when a
 * difference is not accepted.
 *   --self     Apache Kafka against itself: whatever differs then is the instrument's fault
 *   --print    shows every exchange as Apache Kafka answered it
 *   --wording  shows also where error messages differ in their words alone
 */
import { parseArgs } from "node:util";
import { whyNoEtcd } from "../../cluster/machines/etcd-members.js";
import { builtCommand } from "../../support/samsa.js";
import { type Accepted, acceptanceOf } from "../accepted.js";
import { compareRecordings, isWording } from "../compare.js";
import { type NormalisedRecording, normalise, type Place } from "../normalise.js";
import type { Recording } from "../recording.js";
import { showSideBySide } from "../show.js";
import { acceptedOfClusters } from "./accepted.js";
import { play } from "./play.js";
import { stories } from "./stories/index.js";
import type { Story } from "./story.js";
import { type ComparedCluster, startCluster } from "./target-clusters.js";

const { values: options, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    self: { type: "boolean", default: false },
    print: { type: "boolean", default: false },
    wording: { type: "boolean", default: false },
  },
});

const other = options.self ? "apache" : "samsa";
const noEtcd = options.self ? null : whyNoEtcd();
if (noEtcd !== null) throw new Error(noEtcd);
if (!options.self) builtCommand();
const chosen = names.length === 0 ? stories : names.map(storyNamed);
const met = new Set<Accepted>();
const startedMs = performance.now();
const clusters = await startBoth();
try {
  const recordings = await Promise.all(clusters.map((cluster) => play(chosen, cluster)));
  let failed = 0;
  for (const [index, story] of chosen.entries()) {
    const [one, another] = recordings.map((ofCluster) => ofCluster[index]);
    if (one === undefined || another === undefined || !isAlike(story, one, another)) failed += 1;
  }
  const complaints = names.length === 0 && !options.self ? complainOfAccepted() : 0;
  const seconds = (performance.now() - startedMs) / 1000;
  console.log(`\nin ${seconds.toFixed(0)} s`);
  console.log(`${chosen.length - failed} scenarios alike, ${failed + complaints} not`);
  process.exitCode = failed + complaints === 0 ? 0 : 1;
} finally {
  await Promise.all(clusters.map((cluster) => cluster.dispose()));
}

async function startBoth(): Promise<readonly [ComparedCluster, ComparedCluster]> {
  const [one, another] = await Promise.allSettled([startCluster("apache"), startCluster(other)]);
  if (one.status === "fulfilled" && another.status === "fulfilled") return [one.value, another.value];
  const reasons = [one, another].flatMap((start) => (start.status === "rejected" ? [start.reason] : []));
  await Promise.all([one, another].map((start) => (start.status === "fulfilled" ? start.value.dispose() : null)));
  throw reasons[0];
}

function storyNamed(name: string): Story {
  const found = stories.find((story) => story.name === name);
  if (found !== undefined) return found;
  throw new Error(`no story is called ${name}; there are ${stories.map((story) => story.name).join(", ")}`);
}

function isAlike(story: Story, ofApache: Recording, ofOther: Recording): boolean {
  const [left, right] = [normalise(ofApache, placeOf(clusters[0])), normalise(ofOther, placeOf(clusters[1]))];
  if (options.print) print(left);
  const all = compareRecordings(left, right);
  const differences = all.filter((difference) => !isWording(difference));
  const unexplained = differences.filter((difference) => {
    const line = options.self ? undefined : acceptanceOf(story.name, difference, acceptedOfClusters);
    if (line !== undefined) met.add(line);
    return line === undefined;
  });
  const ended = left.endedBy === null ? [] : [`ended early: ${left.endedBy}`];
  const passed = unexplained.length === 0 && ended.length === 0;
  const notes = [`${left.exchanges.length} exchanges`, ...ended];
  if (differences.length > unexplained.length) notes.push(`${differences.length - unexplained.length} accepted`);
  if (all.length > differences.length) notes.push(`${all.length - differences.length} in words alone`);
  console.log(`${passed ? "✓" : "✗"} ${story.name} (${notes.join(", ")})`);
  showSideBySide(options.wording ? all : unexplained, left, ["apache", options.self ? "apache" : "samsa "]);
  return passed;
}

function placeOf({ host, brokers, controllerPort }: ComparedCluster): Place {
  const ports = new Map(brokers.map(({ nodeId, port }) => [port, `<port of ${nodeId}>`]));
  return { host, ports: ports.set(controllerPort, "<port of the controller>"), isCluster: true };
}

function print({ exchanges }: NormalisedRecording): void {
  for (const { title, request, answer } of exchanges) {
    console.log(`    ${title}\n      → ${JSON.stringify(request)}\n      ← ${JSON.stringify(answer)}`);
  }
}

/** A line that a whole run does not meet must not outlive its reason. */
function complainOfAccepted(): number {
  const unmet = acceptedOfClusters.filter((line) => !met.has(line));
  for (const line of unmet) {
    const where = [line.scenario ?? "any story", line.title ?? "any request", line.path || "any field"].join(", ");
    console.log(`✗ accepted, but no longer seen: ${where}: ${line.reason}`);
  }
  return unmet.length;
}
