/**
 * The metadata engine over three members of etcd on this machine: how long an append takes, how long a broker needs to
 * catch up with 20,000 partitions, and how long there is no controller after one was killed.
 */
import { join } from "node:path";
import type { Leadership, MetadataEngine } from "../src/metadata/engine.js";
import { emptyImage } from "../src/metadata/image/empty.js";
import type { MetadataImage } from "../src/metadata/image/image.js";
import { type MetadataRecord, metadataRecord } from "../src/metadata/records/metadata-record.js";
import { followImages } from "../src/metadata/snapshots/follow-images.js";
import { snapshotBatches } from "../src/metadata/snapshots/snapshot-batches.js";
import { appendOne, batchOf, candidate, never } from "../tests/conformance/engines/engine-contract.js";
import { engineOver, newClusterName, startEtcd } from "../tests/conformance/engines/etcd-world.js";
import { Child } from "../tests/support/child-process.js";
import { runBench } from "./command/run-bench.js";

const APPENDS = 1_000;
const TOPICS = 100;
const PARTITIONS_OF_TOPIC = 200;
const KILLS = 5;

const uuid = (n: number) => Buffer.alloc(16, `${n}|`).toString("base64url");

function topicRecords(n: number): MetadataRecord[] {
  const replicas = [1, 2, 3];
  const partition = { topicId: uuid(n), replicas, isr: replicas, removingReplicas: [], addingReplicas: [] };
  const state = { leader: 1, leaderEpoch: 0, partitionEpoch: 0, directories: [uuid(1), uuid(2), uuid(3)] };
  return [
    metadataRecord("TopicRecord", { name: `topic-${n}`, topicId: uuid(n) }),
    ...Array.from({ length: PARTITIONS_OF_TOPIC }, (_, partitionId) =>
      metadataRecord("PartitionRecord", { ...partition, ...state, partitionId }),
    ),
  ];
}

async function timed<T>(what: string, run: () => Promise<T>): Promise<T> {
  const startMs = performance.now();
  const result = await run();
  console.log(`${what}: ${Math.round(performance.now() - startMs)} ms`);
  return result;
}

async function imageAt(engine: MetadataEngine, offset: number): Promise<MetadataImage> {
  let last = emptyImage;
  const enough = new AbortController();
  const take = (image: MetadataImage): void => {
    last = image;
    if (image.endOffset >= offset) enough.abort();
  };
  await followImages(engine, take, enough.signal);
  return last;
}

async function appends(leadership: Leadership): Promise<number> {
  const tookMs: number[] = [];
  let next = leadership.next;
  for (let index = 0; index < APPENDS; index++, next += 2) {
    const startMs = performance.now();
    await appendOne(leadership, next);
    tookMs.push(performance.now() - startMs);
  }
  tookMs.sort((a, b) => a - b);
  const at = (share: number) => tookMs[Math.floor(APPENDS * share)]?.toFixed(1);
  console.log(`append, one at a time: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`);
  return next;
}

async function manyPartitions(leadership: Leadership, engine: MetadataEngine, other: MetadataEngine, from: number) {
  const what = `${TOPICS * PARTITIONS_OF_TOPIC} partitions`;
  let next = from;
  await timed(`${what} written in ${TOPICS} batches`, async () => {
    for (let n = 0; n < TOPICS; n++) {
      const records = topicRecords(n);
      await leadership.append(next, batchOf(records, next, leadership.epoch));
      next += records.length;
    }
  });
  const image = await timed(`${what} read from the log, with ${APPENDS} small batches`, () => imageAt(other, next));
  await timed(`${what} saved as a snapshot`, () =>
    leadership.saveSnapshot(next, leadership.epoch, snapshotBatches(image, 0)),
  );
  await timed(`${what} read from the snapshot`, () => imageAt(engine, next));
}

/** From the kill to the moment at which another broker leads and may write. */
async function failover(endpoints: string, clusterName: string, engine: MetadataEngine): Promise<number> {
  const script = join(import.meta.dirname, "../tests/conformance/engines/controller-process.ts");
  const args = ["--import", "tsx", script, endpoints, clusterName, "1"];
  const controller = new Child({ command: process.execPath, args });
  await controller.firstLine((line) => (line.includes('"committed"') ? true : undefined), 30_000);
  const campaign = engine.campaign(candidate(2), never());
  const killedMs = performance.now();
  await controller.kill();
  const leadership = await campaign;
  await appendOne(leadership, leadership.next);
  const tookMs = performance.now() - killedMs;
  await leadership.resign();
  return tookMs;
}

async function measure(): Promise<void> {
  const etcd = await startEtcd();
  const clusterName = newClusterName();
  const [one, other] = [engineOver(etcd.endpoints, clusterName), engineOver(etcd.endpoints, clusterName)];
  // The clock of the environment keeps no process alive.
  const alive = setInterval(() => {}, 1000);
  try {
    await one.open();
    await other.open();
    const leadership = await one.campaign(candidate(1), never());
    await manyPartitions(leadership, one, other, await appends(leadership));
    await leadership.resign();
    const tookMs: number[] = [];
    for (let kill = 0; kill < KILLS; kill++) {
      tookMs.push(await failover(etcd.members.endpoints, clusterName, other));
    }
    const sorted = tookMs.sort((a, b) => a - b).map((ms) => (ms / 1000).toFixed(1));
    console.log(`another controller writes after a kill -9 of the first: ${sorted.join(", ")} s`);
  } finally {
    clearInterval(alive);
    await one.close();
    await other.close();
    await etcd.end();
  }
}

await runBench({ usage: "npm run bench:metadata: it takes no options", options: {} }, async () => {
  await measure();
  return 0;
});
