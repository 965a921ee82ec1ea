import { afterEach, describe, expect, test } from "vitest";
import { readAll } from "./read-all.js";
import { nodeIds, ThreeBrokers, until } from "./three-brokers.js";

let brokers: ThreeBrokers;

afterEach(() => brokers.stop());

/** Sends numbered records one behind the other until it is told to stop; gives those that were acknowledged. */
async function produceOn(topic: string) {
  const producer = brokers.kafka().producer({ idempotent: true });
  await producer.connect();
  brokers.onStop(() => producer.disconnect());
  const acknowledged: string[] = [];
  let isOver = false;
  const sending = (async () => {
    for (let n = 0; !isOver; n++) {
      const value = String(n);
      await producer.send({ topic, acks: -1, messages: [{ key: value, value }] });
      acknowledged.push(value);
    }
  })();
  const more = (count: number) => {
    const goal = acknowledged.length + count;
    return until(() => acknowledged.length >= goal);
  };
  const stop = async () => {
    isOver = true;
    await sending;
    return acknowledged;
  };
  return { more, stop };
}

describe("three brokers in one process", () => {
  test("share the replicas of every topic, also those of the coordinators", async () => {
    brokers = await ThreeBrokers.start();
    await brokers.createTopic("orders", 6);
    for (const topic of ["orders", "__consumer_offsets"]) {
      const partitions = await brokers.partitions(topic);
      expect(partitions).toHaveLength(6);
      for (const { isr } of partitions) expect([...isr].sort()).toEqual(nodeIds);
      expect(new Set(partitions.map(({ leader }) => leader)).size).toBe(3);
    }
  });

  test("lose nothing that was acknowledged when one of them dies, whichever it is, and take it back", async () => {
    brokers = await ThreeBrokers.start();
    await brokers.createTopic("orders", 3);
    const producing = await produceOn("orders");
    for (const victim of nodeIds) {
      await producing.more(50);
      await brokers.cluster.killBroker(victim);
      await brokers.untilAll("orders", ({ leader, isr }) => leader > 0 && !isr.includes(victim));
      await producing.more(50);
      await brokers.cluster.startBroker(victim);
      await brokers.untilAll("orders", ({ isr }) => isr.length === 3);
    }
    const acknowledged = await producing.stop();
    const read = await readAll(brokers.kafka(), "orders", acknowledged.length);
    expect([...read].sort()).toEqual([...acknowledged].sort());
  });

  test("take back one that is started before anyone noticed its death", async () => {
    brokers = await ThreeBrokers.start();
    await brokers.createTopic("orders", 3);
    const producing = await produceOn("orders");
    await producing.more(20);
    await brokers.cluster.killBroker(1);
    await brokers.cluster.startBroker(1);
    await producing.more(20);
    await brokers.untilAll("orders", ({ isr }) => isr.length === 3);
    expect((await readAll(brokers.kafka(), "orders", 40)).length).toBeGreaterThanOrEqual(40);
    await producing.stop();
  });

  test("are restarted one after the other while a client writes", async () => {
    brokers = await ThreeBrokers.start();
    await brokers.createTopic("orders", 3);
    const producing = await produceOn("orders");
    for (const nodeId of nodeIds) {
      await producing.more(30);
      await brokers.cluster.stopBroker(nodeId);
      await producing.more(30);
      await brokers.cluster.startBroker(nodeId);
      await brokers.untilAll("orders", ({ isr }) => isr.length === 3);
    }
    const acknowledged = await producing.stop();
    const read = await readAll(brokers.kafka(), "orders", acknowledged.length);
    expect([...read].sort()).toEqual([...acknowledged].sort());
  });
});
