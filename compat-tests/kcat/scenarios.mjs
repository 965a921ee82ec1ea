/**
 * The scenarios that kcat does in a way of its own. A run of it reads from one place to an end, or sends what its input
 * holds; it commits what it has read when it ends, and a transaction is a whole run.
 */
import { crc32 } from "node:zlib";
import {
  createTopic,
  equal,
  holds,
  numbered,
  readAll,
  sendValues,
  text,
  until,
  valuesOf,
} from "../shared-js/expect.mjs";
import { expectFourProducers, expectPartitionOf100k, hundred, valueOf100k } from "../shared-js/scenarios-records.mjs";
import { expectFiveOfEach, expectHeldBack } from "../shared-js/scenarios-transactions.mjs";
import { asRecords, KcatError, recordReader, set, withoutCommits } from "./kcat.mjs";

const TRANSACTION_TIMEOUT_S = "30";

/** What a run writes, as records. */
async function recordsOf(context, args) {
  const records = [];
  recordReader((record) => void records.push(record))(await context.client.kcat([...args, ...asRecords]));
  return records;
}

const read = (context, ...args) => recordsOf(context, ["-C", "-t", context.topic, "-p", "0", ...args]);

const readAsMember = (context, settings, ...args) =>
  recordsOf(context, [
    "-G",
    context.group,
    ...args,
    ...set({ "auto.offset.reset": "earliest", "fetch.wait.max.ms": 100, ...settings }),
    context.topic,
  ]);

async function seekOffset(context) {
  await hundred(context);
  const from42 = await read(context, "-o", "42", "-e");
  equal(
    from42.map(({ offset, value }) => [offset, text(value)]),
    numbered(58, 42).map((value, i) => [42 + i, value]),
    "from 42 on",
  );
  equal(valuesOf(await read(context, "-o", "0", "-c", "1")), ["value-0"], "the first from 0 on");
}

/** The place where the group goes on, which stays as it is. */
async function nextOf(context, settings = {}) {
  const [record] = await readAsMember(context, { ...settings, ...withoutCommits }, "-c", "1");
  return record.offset;
}

async function commitResume(context) {
  await hundred(context);
  await readAsMember(context, {}, "-c", "40");
  equal(await nextOf(context), 40, "the committed offset");
  equal(valuesOf(await readAsMember(context, {}, "-e")), numbered(60, 40), "the rest");
}

async function oldProtocol(context) {
  const old = { "api.version.request": false, "broker.version.fallback": "0.11.0" };
  await createTopic(context.client, context.topic);
  await context.client.kcat(["-P", "-t", context.topic, "-p", "0", ...set(old)], numbered(100));
  equal(valuesOf(await read(context, "-e", ...set(old))), numbered(100), "the values");
  await readAsMember(context, old, "-c", "50");
  equal(await nextOf(context, old), 50, "where the group goes on");
}

async function memberDies(context) {
  const { client, topic, group } = context;
  await createTopic(client, topic, { partitions: 4 });
  const join = () => {
    const times = { sessionTimeoutMs: 6000, heartbeatMs: 1000 };
    return client.consumer({ group, topics: [topic], fromBeginning: true, ...times, onRecord: () => {} });
  };
  const a = join();
  await until(() => a.assigned().length === 4, "A has all 4");
  const b = join();
  const told = () => `A has ${a.assigned()}, B has ${b.assigned()}`;
  await until(() => a.assigned().length === 2 && b.assigned().length === 2, told);
  b.die();
  await until(() => a.assigned().length === 4, told, 20_000);
  await a.close();
}

async function concurrentProducers(context) {
  const { client, topic } = context;
  await createTopic(client, topic);
  const args = ["-P", "-t", topic, "-p", "0", "-K", "\\t"];
  await Promise.all(
    [0, 1, 2, 3].map((n) =>
      client.kcat(
        args,
        numbered(500, 0, `p${n}`).map((value) => `p${n}\t${value}`),
      ),
    ),
  );
  await expectFourProducers(context);
}

async function batch100k(context) {
  const { client, topic } = context;
  await createTopic(client, topic, { partitions: 4 });
  const lineOf = (i) => `${i}\t${valueOf100k(i)}`;
  await Promise.all(
    [0, 1, 2, 3].map((p) => {
      const lines = Array.from({ length: 25_000 }, (_, j) => lineOf(p + 4 * j));
      return client.kcat(["-P", "-t", topic, "-p", String(p), "-z", "lz4", "-K", "\\t"], lines);
    }),
  );
  for (const p of [0, 1, 2, 3])
    expectPartitionOf100k(p, await recordsOf(context, ["-C", "-t", topic, "-p", String(p), "-e"]));
}

/** One run that sends in pieces, idempotent. It tells only at its end whether all was acknowledged. */
function sender({ client, topic }) {
  return client.startKcat(["-P", "-t", topic, "-p", "0", ...set({ "enable.idempotence": true })]);
}

async function disconnects(context) {
  await createTopic(context.client, context.topic);
  const one = sender(context);
  one.feed(numbered(500));
  for (let from = 500; from < 2000; from += 500) {
    await until(async () => (await context.client.bounds(context.topic, 0))[1] > from - 500, "some have come");
    one.feed(numbered(500, from));
    await context.ask({ ask: "drop-connections" });
  }
  await one.finish();
  equal(valuesOf(await readAll(context, 2000)), numbered(2000), "what a reader finds");
}

/** Sends pieces; when the member has read one, the deed is done while the next is sent. */
async function throughDeeds(context, { topicOptions, piece, deeds }) {
  const { client, topic, group } = context;
  await createTopic(client, topic, topicOptions);
  const seen = new Set();
  const onRecord = ({ value }) => void seen.add(text(value));
  const member = client.consumer({ group, topics: [topic], fromBeginning: true, autoCommit: true, onRecord });
  const one = sender(context);
  one.feed(numbered(piece));
  for (const [i, deed] of deeds.entries()) {
    const sent = piece * (i + 1);
    const told = () => `${seen.size} of ${sent} records were read`;
    await until(() => seen.size === sent, told, 60_000);
    const asked = context.ask(deed);
    one.feed(numbered(piece, sent));
    await asked;
  }
  await one.finish();
  const count = piece * (deeds.length + 1);
  await until(
    () => seen.size === count,
    () => `${seen.size} of ${count} records were read`,
    60_000,
  );
  await member.close();
  equal(valuesOf(await readAll(context, count)), numbered(count), "what a new reader finds");
}

const throughAnEnd = (deed) => (context) => throughDeeds(context, { piece: 500, deeds: [{ ask: deed }] });

function leaderChange(context) {
  const move = { ask: "move-leader", topic: context.topic };
  const topicOptions = { replicas: 3, configs: { "min.insync.replicas": "2" } };
  return throughDeeds(context, { topicOptions, piece: 100, deeds: [move, move, move] });
}

/** A run that is a transaction: committed when its input ends, aborted by a signal. */
function transaction({ client, topic, transactionalId }) {
  const of = ["-P", "-t", topic, "-m", TRANSACTION_TIMEOUT_S, "-K", "\\t"];
  return client.startKcat([...of, ...set({ "transactional.id": transactionalId, partitioner: "consistent" })]);
}

/** The line of a record that goes to this partition. A run has one partition, or chooses by the key. */
function lineFor(value, partition, partitions) {
  let key = 0;
  while (crc32(String(key)) % partitions !== partition) key++;
  return `${key}\t${value}`;
}

const linesOf = (values) => values.map((value) => lineFor(value, 0, 1));

const uncommitted = (context) => read(context, "-e", ...set({ "isolation.level": "read_uncommitted" }));

/** Waits until so many records are in the log, whatever becomes of them. */
async function areThere(context, count) {
  const seen = async () => (await uncommitted(context)).length === count;
  await until(seen, `${count} records are in the log`);
}

async function commit(context) {
  await createTopic(context.client, context.topic, { partitions: 2 });
  const lines = numbered(10).map((value, i) => lineFor(value, i % 2, 2));
  await transaction(context).finish(lines);
  await expectFiveOfEach(context);
}

async function abort(context) {
  await createTopic(context.client, context.topic);
  const one = transaction(context);
  one.feed(linesOf(numbered(10, 0, "dropped")));
  await areThere(context, 10);
  await one.stop();
  await transaction(context).finish(linesOf(numbered(5, 0, "kept")));
  const kept = numbered(5, 0, "kept");
  equal(valuesOf(await readAll(context, 5, { isolation: "read_committed" })), kept, "what read_committed finds");
  equal(valuesOf(await uncommitted(context)), [...numbered(10, 0, "dropped"), ...kept], "what read_uncommitted finds");
}

async function fence(context) {
  await createTopic(context.client, context.topic);
  const one = transaction(context);
  one.feed(linesOf(["old"]));
  await areThere(context, 1);
  const two = transaction(context);
  two.feed(linesOf(["new"]));
  await areThere(context, 2);
  const end = await one.finish().catch((error) => error);
  holds(end instanceof KcatError, "the commit of the first succeeded");
  const name = context.client.errorName(end);
  holds(name.includes("PRODUCER_FENCED"), `the commit of the first failed with ${name}`);
  await two.finish();
  equal(valuesOf(await readAll(context, 1, { isolation: "read_committed" })), ["new"], "what read_committed finds");
}

async function readCommitted(context) {
  await createTopic(context.client, context.topic);
  const one = transaction(context);
  one.feed(linesOf(numbered(5, 0, "open")));
  await areThere(context, 5);
  await sendValues(context, numbered(5, 0, "plain"));
  const expected = [...numbered(5, 0, "open"), ...numbered(5, 0, "plain")];
  equal(valuesOf(await uncommitted(context)), expected, "what read_uncommitted finds");
  await expectHeldBack(context, expected, () => one.finish());
}

export const ownBodies = {
  "topic-create-delete": ({ client }) => {
    throw new client.Unsupported();
  },
  "seek-offset": seekOffset,
  "commit-resume": commitResume,
  "old-protocol": oldProtocol,
  "group-member-dies": memberDies,
  "concurrent-producers": concurrentProducers,
  "batch-100k": batch100k,
  "idempotent-disconnects": disconnects,
  "broker-restart": throughAnEnd("restart-broker"),
  "broker-kill": throughAnEnd("kill-broker"),
  "leader-change": leaderChange,
  "txn-commit": commit,
  "txn-abort": abort,
  "txn-fence": fence,
  "read-committed": readCommitted,
};
