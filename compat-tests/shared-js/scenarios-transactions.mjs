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
    const read = await readAll(context, 10, committedOnly);
    equal(
      valuesOf(read.filter(({ partition }) => partition === 0)),
      ["value-0", "value-2", "value-4", "value-6", "value-8"],
      "partition 0",
    );
    equal(
      valuesOf(read.filter(({ partition }) => partition === 1)),
      ["value-1", "value-3", "value-5", "value-7", "value-9"],
      "partition 1",
    );
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
    const read = [];
    const onRecord = (record) => void read.push(text(record.value));
    const member = await client.consumer({
      group: context.group,
      topics: [topic],
      fromBeginning: true,
      ...committedOnly,
      onRecord,
    });
    await until(() => member.assigned().length === 1, "the reader has its partition");
    await sleep(2000);
    equal(read, [], "what read_committed finds while the transaction is open");
    await producer.commit();
    await until(
      () => read.length >= 10,
      () => `${read.length} of 10 records were read`,
    );
    await member.close();
    await producer.close();
    equal(read, expected, "what read_committed finds in the end");
  },
};
