/** Scenarios about groups: committing, coming, going, dying. */
import { fork } from "node:child_process";
import { createTopic, equal, numbered, readAll, sendValues, sleep, text, until, valuesOf } from "./expect.mjs";
import { hundred } from "./scenarios-records.mjs";

const sorted = (partitions) => [...partitions].sort((one, other) => one - other);

/** A member of the scenario's group that keeps what it reads. */
async function join(context, options = {}) {
  const read = [];
  const lost = [];
  const member = await context.client.consumer({
    group: context.group,
    topics: [context.topic],
    fromBeginning: true,
    onRecord: (record) => void read.push(record),
    onRevoked: (partitions) => void lost.push(...partitions),
    ...options,
  });
  return Object.assign(member, { read, lost });
}

const has =
  (count, ...members) =>
  () =>
    members.every((member) => member.assigned().length === count);

async function shared(count, one, other) {
  await until(has(count, one, other), () => `the members have ${one.assigned()} and ${other.assigned()}`);
  equal(sorted([...one.assigned(), ...other.assigned()]), [0, 1, 2, 3], "the partitions of both");
}

async function sendForty(context) {
  await sendValues(
    context,
    numbered(40).map((value, i) => ({ value, partition: i % 4 })),
  );
}

async function fortyOnce(...members) {
  const read = () => members.flatMap((member) => valuesOf(member.read));
  await until(
    () => read().length >= 40,
    () => `${read().length} of 40 records were read`,
  );
  await sleep(500);
  const inOrder = (values) =>
    values.map((value) => Number(value.slice("value-".length))).sort((one, other) => one - other);
  equal(
    inOrder(read()),
    Array.from({ length: 40 }, (_, i) => i),
    "what the members read",
  );
}

async function resumesAt(context, value) {
  const member = await join(context);
  await until(() => member.read.length > 0, "the group goes on");
  equal(text(member.read[0].value), value, "the first record of the group");
  return member;
}

/** The child of `group-member-dies`: joins, tells that it has its partitions, and lives until it is killed. */
export async function runDoomedMember(connect) {
  const [bootstrap, topic, group] = process.argv.slice(3);
  const client = connect(bootstrap);
  const member = await client.consumer({
    group,
    topics: [topic],
    fromBeginning: true,
    sessionTimeoutMs: 6000,
    heartbeatMs: 1000,
    onRecord: () => {},
  });
  setInterval(() => process.send?.(member.assigned().length), 100);
}

async function memberDies(context) {
  const { client, topic, group } = context;
  await createTopic(client, topic, { partitions: 4 });
  const a = await join(context, { sessionTimeoutMs: 6000, heartbeatMs: 1000 });
  await until(has(4, a), "A has all 4");
  let ofB = 0;
  const child = fork(process.argv[1], ["--doomed", client.bootstrap, topic, group], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  child.on("message", (count) => {
    ofB = count;
  });
  try {
    await until(
      () => ofB === 2 && a.assigned().length === 2,
      () => `A has ${a.assigned()}, B has ${ofB} partitions`,
    );
  } finally {
    child.kill("SIGKILL");
  }
  await until(has(4, a), () => `A has ${a.assigned()}`, 20_000);
  await a.close();
}

export const groups = {
  "commit-resume": async (context) => {
    const { client, topic, group } = context;
    await hundred(context);
    const first = await join(context);
    await until(() => first.read.length >= 40, "40 records were read");
    await first.commit(topic, 0, 40);
    await first.close();
    equal(await client.committed(group, topic, 0), 40, "the committed offset");
    const second = await resumesAt(context, "value-40");
    await until(() => second.read.length >= 60, "the rest was read");
    await second.close();
    equal(valuesOf(second.read), numbered(60, 40), "the rest");
  },

  "group-offset-alter": async (context) => {
    const { client, topic, group } = context;
    await hundred(context);
    await client.setOffset(group, topic, 0, 25);
    await (await resumesAt(context, "value-25")).close();
  },

  "subscribe-pattern": async (context) => {
    const { client, topic } = context;
    const topics = [`${topic}-a`, `${topic}-b`];
    for (const name of topics) {
      await createTopic(client, name);
      await sendValues(context, numbered(10), { topic: name });
    }
    const member = await join(context, { topics: [], pattern: `^${topic}-.*` });
    await until(
      () => member.read.length >= 20,
      () => `${member.read.length} of 20 records were read`,
    );
    await sleep(500);
    for (const name of topics) {
      equal(valuesOf(member.read.filter((record) => record.topic === name)), numbered(10), `what was read of ${name}`);
    }
    await member.close();
  },

  "group-come-go": async (context) => {
    await createTopic(context.client, context.topic, { partitions: 4 });
    const a = await join(context);
    await until(has(4, a), "A has all 4");
    const b = await join(context);
    await shared(2, a, b);
    await b.close();
    await until(has(4, a), () => `A has ${a.assigned()}`);
    await sendForty(context);
    await fortyOnce(a);
    await a.close();
  },

  "group-member-dies": memberDies,

  "static-membership": async (context) => {
    await createTopic(context.client, context.topic, { partitions: 4 });
    const options = { sessionTimeoutMs: 30_000 };
    const one = await join(context, { ...options, instanceId: "one" });
    await until(has(4, one), "the first has all 4");
    const two = await join(context, { ...options, instanceId: "two" });
    await shared(2, one, two);
    const before = sorted(one.assigned());
    two.lost.length = 0;
    await one.close();
    const again = await join(context, { ...options, instanceId: "one" });
    await until(has(2, again), () => `the returned member has ${again.assigned()}`);
    equal(sorted(again.assigned()), before, "the partitions of the returned member");
    await sleep(1000);
    equal(two.lost, [], "what the other member lost");
    await again.close();
    await two.close();
  },

  "cooperative-rebalance": async (context) => {
    await createTopic(context.client, context.topic, { partitions: 4 });
    const a = await join(context, { cooperative: true });
    await until(has(4, a), "A has all 4");
    const b = await join(context, { cooperative: true });
    await shared(2, a, b);
    equal(sorted(a.lost), sorted(b.assigned()), "what A lost");
    await b.close();
    await a.close();
  },

  "consumer-protocol": async (context) => {
    await createTopic(context.client, context.topic, { partitions: 4 });
    const a = await join(context, { protocol: "consumer" });
    await until(has(4, a), "A has all 4");
    const b = await join(context, { protocol: "consumer" });
    await shared(2, a, b);
    // What A asked for while it had all may still be under way. Not every client drops what then comes of the others.
    await sleep(1000);
    await sendForty(context);
    await fortyOnce(a, b);
    await b.close();
    await a.close();
  },

  "error-fenced": async (context) => {
    await createTopic(context.client, context.topic, { partitions: 1 });
    const a = await join(context, { instanceId: "one" });
    await until(has(1, a), "A has its partition");
    const b = await join(context, { instanceId: "one" });
    let told = null;
    const isFenced = async () => {
      told = await a.failure();
      return told?.includes("FENCED_INSTANCE_ID");
    };
    await until(isFenced, () => `A was told ${told}, not FENCED_INSTANCE_ID`);
    await until(has(1, b), "B has the partition");
    await b.close();
  },

  "old-protocol": async (context) => {
    const { client, topic, group } = context;
    if (!client.isOld) throw new client.Unsupported();
    await hundred(context);
    equal(valuesOf(await readAll(context, 100)), numbered(100), "the values");
    const first = await join(context);
    await until(() => first.read.length >= 50, "50 records were read");
    await first.commit(topic, 0, 50);
    await first.close();
    equal(await client.committed(group, topic, 0), 50, "the committed offset");
    await (await resumesAt(context, "value-50")).close();
  },
};
