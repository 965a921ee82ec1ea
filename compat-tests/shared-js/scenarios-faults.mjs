/** Scenarios in which connections, brokers or leaders go away. */
import { createTopic, equal, numbered, readAll, until, valuesOf } from "./expect.mjs";

/** Sends values one by one, a few at once; rejects when one is not acknowledged. */
async function sendOneByOne(producer, topic, values, inFlight = 1) {
  for (let i = 0; i < values.length; i += inFlight) {
    await Promise.all(values.slice(i, i + inFlight).map((value) => producer.send(topic, [{ partition: 0, value }])));
  }
}

const idempotent = { idempotent: true, patienceMs: 60_000 };

async function throughAnEnd(context, deed) {
  const { client, topic, group } = context;
  await createTopic(client, topic);
  const producer = await client.producer(idempotent);
  const read = new Set();
  const onRecord = (record) => void read.add(String(record.value));
  const member = await client.consumer({ group, topics: [topic], fromBeginning: true, autoCommit: true, onRecord });
  const send = async (from) => {
    for (let i = 0; i < 500; i += 25) {
      await producer.send(
        topic,
        numbered(25, from + i).map((value) => ({ partition: 0, value })),
      );
    }
  };
  await send(0);
  await context.ask({ ask: deed });
  await send(500);
  await until(
    () => read.size === 1000,
    () => `${read.size} of 1000 records were read`,
    60_000,
  );
  await producer.close();
  await member.close();
  equal(valuesOf(await readAll(context, 1000)), numbered(1000), "what a new reader finds");
}

export const faults = {
  "idempotent-disconnects": async (context) => {
    const { client, topic, ask } = context;
    await createTopic(client, topic);
    const producer = await client.producer(idempotent);
    for (let from = 0; from < 2000; from += 500) {
      const sending = sendOneByOne(producer, topic, numbered(500, from));
      if (from > 0) await ask({ ask: "drop-connections" });
      await sending;
    }
    await producer.close();
    equal(valuesOf(await readAll(context, 2000)), numbered(2000), "what a reader finds");
  },

  "broker-restart": (context) => throughAnEnd(context, "restart-broker"),
  "broker-kill": (context) => throughAnEnd(context, "kill-broker"),

  "leader-change": async (context) => {
    const { client, topic, group, ask } = context;
    await createTopic(client, topic, { replicas: 3, configs: { "min.insync.replicas": "2" } });
    const producer = await client.producer(idempotent);
    const read = new Set();
    const onRecord = (record) => void read.add(String(record.value));
    const member = await client.consumer({ group, topics: [topic], fromBeginning: true, autoCommit: true, onRecord });
    for (let from = 0; from < 400; from += 100) {
      const sending = sendOneByOne(producer, topic, numbered(100, from));
      if (from > 0) await ask({ ask: "move-leader", topic });
      await sending;
    }
    await until(
      () => read.size === 400,
      () => `${read.size} of 400 records were read`,
    );
    await producer.close();
    await member.close();
    equal(valuesOf(await readAll(context, 400)), numbered(400), "what a new reader finds");
  },
};
