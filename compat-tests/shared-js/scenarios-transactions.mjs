/** Scenarios about transactions. */
import {
  createTopic,
  equal,
  failsWith,
  numbered,
  readAll,
  sendValues,
  sleep,
  text,
  until,
  valuesOf,
} from "./expect.mjs";

const records = (values, partition = 0) => values.map((value) => ({ value, partition }));

const committedOnly = { isolation: "read_committed" };
const all = { isolation: "read_uncommitted" };

/** A reader of what is committed finds nothing while the transaction is open, and then all: also what came after it. */
export async function expectHeldBack(context, expected, commit) {
  const read = [];
  const member = await context.client.consumer({
    group: context.group,
    topics: [context.topic],
    fromBeginning: true,
    ...committedOnly,
    onRecord: ({ value }) => void read.push(text(value)),
  });
  await until(() => member.assigned().length === 1, "the reader has its partition");
  await sleep(2000);
  equal(read, [], "what read_committed finds while the transaction is open");
  await commit();
  await until(
    () => read.length >= expected.length,
    () => `${read.length} of ${expected.length} records were read`,
  );
  await member.close();
  equal(read, expected, "what read_committed finds in the end");
}

/** Values 0 … 9 in turn to two partitions, in one transaction. */
export async function expectFiveOfEach(context) {
  const read = await readAll(context, 10, committedOnly);
  for (const p of [0, 1]) {
    const own = read.filter(({ partition }) => partition === p);
    equal(
      valuesOf(own),
      [0, 2, 4, 6, 8].map((i) => `value-${i + p}`),
      `partition ${p}`,
    );
  }
}

export const transactions = {
  "txn-commit": async (context) => {
    const { client, topic, group, transactionalId } = context;
    await createTopic(client, topic, { partitions: 2 });
    const producer = await client.producer({ transactionalId });
    await producer.begin();
    await producer.send(
      topic,
      numbered(10).map((value, i) => ({ value, partition: i % 2 })),
    );
    await producer.sendOffset(group, topic, 0, 7);
    await producer.commit();
    await producer.close();
    await expectFiveOfEach(context);
    if (client.sendsOffsets !== false)
      equal(await client.committed(group, topic, 0), 7, "the committed offset of the group");
  },

  "txn-abort": async (context) => {
    const { client, topic, group, transactionalId } = context;
    await createTopic(client, topic);
    const producer = await client.producer({ transactionalId });
    await producer.begin();
    await producer.send(topic, records(numbered(10, 0, "dropped")));
    await producer.sendOffset(group, topic, 0, 7);
    await producer.abort();
    await producer.begin();
    await producer.send(topic, records(numbered(5, 0, "kept")));
    await producer.commit();
    await producer.close();
    equal(valuesOf(await readAll(context, 5, committedOnly)), numbered(5, 0, "kept"), "what read_committed finds");
    equal(
      valuesOf(await readAll(context, 15, all)),
      [...numbered(10, 0, "dropped"), ...numbered(5, 0, "kept")],
      "what read_uncommitted finds",
    );
    equal((await client.committed(group, topic, 0)) ?? -1, -1, "the committed offset of the group");
  },

  "txn-fence": async (context) => {
    const { client, topic, transactionalId } = context;
    await createTopic(client, topic);
    const one = await client.producer({ transactionalId });
    await one.begin();
    await one.send(topic, records(["old"]));
    const two = await client.producer({ transactionalId });
    await two.begin();
    const fenced = ["PRODUCER_FENCED", "INVALID_PRODUCER_EPOCH", "FENCED"];
    await failsWith(client, fenced, () => one.commit(), "the commit of the first producer");
    await two.send(topic, records(["new"]));
    await two.commit();
    await two.close();
    await one.close().catch(() => {});
    equal(valuesOf(await readAll(context, 1, committedOnly)), ["new"], "what read_committed finds");
  },

  "read-committed": async (context) => {
    const { client, topic, transactionalId } = context;
    await createTopic(client, topic);
    const producer = await client.producer({ transactionalId });
    await producer.begin();
    await producer.send(topic, records(numbered(5, 0, "open")));
    await sendValues(context, numbered(5, 0, "plain"));
    const expected = [...numbered(5, 0, "open"), ...numbered(5, 0, "plain")];
    equal(valuesOf(await readAll(context, 10, all)), expected, "what read_uncommitted finds");
    await expectHeldBack(context, expected, () => producer.commit());
    await producer.close();
  },
};
