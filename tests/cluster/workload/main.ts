/**
 * The process of a workload, on a host of its own where the test has hosts: writers of every kind, readers and a group.
 * SIGTERM ends it: the writers stop, everything is read back from every replica, and the history is written.
 */
import { writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { HistoryEvent, Isolation } from "../checker/history.js";
import { ClusterClient } from "./cluster-client.js";
import { GroupMembers } from "./group-members.js";
import { PartitionReader } from "./partition-reader.js";
import { type Progress, rackOf, type WorkloadOptions } from "./protocol.js";
import { writeInTransactions } from "./transactional-writer.js";
import { allInSync, controllerKnownTo, createTopic, endOf } from "./watch.js";
import { type WriterOptions, writeIdempotently, writePlainly } from "./writers.js";

const START_MS_MAX = 60_000;
const PROGRESS_MS = 200;
/** What the last answers, the cluster's return to health, and reading everything back may take. */
const LAST_ANSWERS_MS = 20_000;
const HEALTH_MS_MAX = 60_000;
const READ_BACK_MS_MAX = 60_000;
const isolations: readonly Isolation[] = ["committed", "uncommitted"];

const options: WorkloadOptions = JSON.parse(process.argv[2] ?? "");
const partitions = Array.from({ length: options.partitions }, (_, partition) => partition);
const history: HistoryEvent[] = [];
const acknowledged = partitions.map(() => 0);
const ending = new AbortController();
const givingUp = new AbortController();
const clients: ClusterClient[] = [];

function record(event: HistoryEvent): void {
  history.push(event);
  if (event.what !== "sent" || event.kind !== "idempotent" || event.outcome !== "acknowledged") return;
  acknowledged[event.partition] = (acknowledged[event.partition] ?? 0) + 1;
}

/** Everybody has connections of their own: a broker answers one request of a connection after the other. */
function newClient(): ClusterClient {
  const client = new ClusterClient(options.bootstrap, options.topic, clients.length);
  clients.push(client);
  return client;
}

function writer(name: string): WriterOptions {
  return { name, client: newClient(), record, ending: ending.signal, givingUp: givingUp.signal };
}

function startWriters(): Promise<unknown> {
  return Promise.all([
    ...partitions.map((partition) => writeIdempotently(writer(`idempotent-${partition}`), partition)),
    writePlainly(writer("plain"), options.partitions),
    writeInTransactions(writer("transactional"), options.partitions),
  ]);
}

/** They go through everything while the fault lasts, and on to the ends when those are known. */
function startLiveReaders(ends: readonly (number | null)[], tooLate: AbortSignal): Promise<unknown> {
  const readers = isolations.flatMap((isolation) =>
    partitions.map((partition) => {
      const name = `live ${isolation}`;
      const reader = new PartitionReader({ name, client: newClient(), partition, isolation, isFinal: false, record });
      return reader.readTo(() => ends[partition] ?? null, tooLate);
    }),
  );
  return Promise.all(readers);
}

/** Who reads what is committed asks the leader, who reads all asks each replica. */
function readBack(ends: readonly (number | null)[], tooLate: AbortSignal): Promise<unknown> {
  const replicas = options.bootstrap.map((address) => ({ address, rack: rackOf(address.nodeId) }));
  const readers = partitions.flatMap((partition) => {
    const common = { client: newClient(), partition, isFinal: true, record };
    return [
      new PartitionReader({ ...common, name: "final committed", isolation: "committed" }),
      ...replicas.map((replica) => {
        const name = `replica ${replica.address.nodeId}`;
        return new PartitionReader({ ...common, client: newClient(), name, isolation: "uncommitted", replica });
      }),
    ].map((reader) => reader.readTo(() => ends[partition] ?? 0, tooLate));
  });
  return Promise.all(readers);
}

async function tellProgress(client: ClusterClient): Promise<void> {
  let controller = { id: -1, epoch: -1 };
  while (!givingUp.signal.aborted) {
    const views = await client.look();
    const known = await controllerKnownTo(client);
    if (known !== null && known.epoch >= controller.epoch) controller = known;
    const leaders = views.map(({ leaderId }) => leaderId);
    const isr = views.map((view) => view.isr);
    tell({ event: "progress", acknowledged, leaders, isr, controllerId: controller.id });
    await sleep(PROGRESS_MS);
  }
}

function tell(line: Progress): void {
  console.log(JSON.stringify(line));
}

async function groupCatchesUp(group: GroupMembers, tooLate: AbortSignal): Promise<void> {
  const last = new Map<number, number>();
  for (const event of history) {
    if (event.what !== "polled" || event.isolation !== "committed") continue;
    for (const [offset] of event.records) last.set(event.partition, Math.max(last.get(event.partition) ?? 0, offset));
  }
  const isBehind = () => [...last].some(([partition, offset]) => !group.hasBeenGiven(partition, offset));
  while (!tooLate.aborted && isBehind()) await sleep(PROGRESS_MS);
  if (isBehind()) record({ what: "complaint", who: "the group", says: "it did not come to the end" });
}

const client = newClient();
const startsUntil = AbortSignal.timeout(START_MS_MAX);
await createTopic(client, options.partitions, startsUntil);
if (!(await allInSync(client, options.bootstrap.length, startsUntil)))
  throw new Error("the replicas do not get in sync");
const group = new GroupMembers(options.bootstrap, record);
await group.start(options.topic);
const ends: (number | null)[] = partitions.map(() => null);
const tooLate = new AbortController();
const reading = startLiveReaders(ends, tooLate.signal);
const writing = startWriters();
const telling = tellProgress(newClient());

await new Promise((resolve) => process.once("SIGTERM", resolve));
ending.abort();
const lastAnswers = setTimeout(() => givingUp.abort(), LAST_ANSWERS_MS);
await writing;
clearTimeout(lastAnswers);
givingUp.abort();
await telling;
const healthy = AbortSignal.timeout(HEALTH_MS_MAX);
if (!(await allInSync(client, options.bootstrap.length, healthy))) {
  record({ what: "complaint", who: "the cluster", says: "its replicas did not get in sync again" });
}
const known = await Promise.all(partitions.map((partition) => endOf(client, partition, healthy)));
known.forEach((end, partition) => {
  if (end === null)
    record({ what: "complaint", who: `partition ${partition}`, says: "its last stable offset stays back" });
  ends[partition] = end ?? 0;
});
setTimeout(() => tooLate.abort(), READ_BACK_MS_MAX).unref();
await Promise.all([reading, readBack(ends, tooLate.signal)]);
await groupCatchesUp(group, tooLate.signal);
await group.stop();
for (const each of clients) each.close();
writeFileSync(options.historyFile, history.map((event) => `${JSON.stringify(event)}\n`).join(""));
process.exit(0);
