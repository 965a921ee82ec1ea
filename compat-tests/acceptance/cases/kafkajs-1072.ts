import { readBatches } from "../../../src/protocol/records/batch.js";
import { buildBatch } from "../../../src/protocol/records/build-batch.js";
import type { WireClient } from "../../../tests/support/wire-client.js";
import { acceptanceCase, type BrokerUnderTest } from "../case.js";
import {
  commit,
  connectToLeader,
  createTopic,
  eventually,
  expectSame,
  expectThat,
  fetchOnce,
  produce,
  recordsIn,
} from "../steps.js";

/** Kafka's cleaner looks for work each 15 s, unless the broker is set up otherwise. */
const COMPACTED_WITHIN_MS = 60_000;
const LIMIT_S = 120;

export const kafkajs1072 = acceptanceCase({
  id: "kafkajs-1072",
  origin: "https://github.com/tulios/kafkajs/issues/1072",
  title: "A consumer does not stop where compaction has taken the records away",
  steps: `
    A compacted topic of small segments: a batch with keys kept, gone-1 … gone-9; then a batch with gone-1 … gone-9
    once more; then others, until the cleaner has been there and the first batch has one record left. A Fetch from
    offset 5, of which nothing is left, gives a batch that ends beyond it and a record. kafkajs, which begins there,
    and one that begins at 0, read on to the last record.`,
  limitS: LIMIT_S,
  run: async (broker) => {
    const configs = {
      "cleanup.policy": "compact",
      "segment.ms": "100",
      "min.cleanable.dirty.ratio": "0.01",
      "max.compaction.lag.ms": "100",
    };
    const topic = await createTopic(broker, { configs });
    const leader = await connectToLeader(broker, topic);
    const gone = Array.from({ length: 9 }, (_, index) => `gone-${index + 1}`);
    await produce(leader, topic, keyed(["kept", ...gone]));
    await produce(leader, topic, keyed(gone));
    await untilCompacted(leader, topic);
    const last = (await produce(leader, topic, keyed(["last"]))) ?? -1;

    const { records } = await fetchOnce(leader, topic, 5);
    const { batches } = readBatches(records ?? new Uint8Array());
    expectThat((batches.at(-1)?.lastOffset ?? -1) >= 5, "a Fetch from offset 5 gives no batch that ends beyond it");
    expectThat(
      recordsIn(records).some(({ offset }) => offset >= 5),
      "a Fetch from offset 5 gives no record beyond it",
    );
    for (const from of [5, 0]) {
      const keys = await readFrom(broker, topic, from, last);
      const expected = from === 0 ? ["kept", "gone-1"] : ["gone-1"];
      expectSame(`the first keys from ${from}`, keys.slice(0, expected.length), expected);
    }
  },
});

function keyed(keys: readonly string[]): Uint8Array {
  const nowMs = Date.now();
  return buildBatch({
    records: keys.map((key) => ({ timestampMs: nowMs, key: Buffer.from(key), value: Buffer.from(`of ${key}`) })),
  });
}

/** A segment is closed by the next record, and only closed ones are cleaned. */
async function untilCompacted(leader: WireClient, topic: string): Promise<void> {
  let number = 0;
  await eventually(
    "the first batch has one record left",
    async () => {
      number += 1;
      await produce(leader, topic, keyed([`filler-${number}`]));
      const { records } = await fetchOnce(leader, topic, 0);
      return recordsIn(records).filter(({ offset }) => offset < 10).length === 1;
    },
    COMPACTED_WITHIN_MS,
  );
}

/** The keys that kafkajs gives to a group that stands at an offset, up to the one that is the last. */
async function readFrom(broker: BrokerUnderTest, topic: string, from: number, last: number): Promise<string[]> {
  const groupId = broker.name(`from-${from}`);
  await commit(broker, groupId, topic, from);
  const consumer = broker.kafkajs().consumer({ groupId });
  broker.atEnd(() => consumer.disconnect());
  const keys: string[] = [];
  let isAtTheEnd = false;
  await consumer.connect();
  await consumer.subscribe({ topics: [topic] });
  await consumer.run({
    eachMessage: async ({ message }) => {
      keys.push(String(message.key));
      if (Number(message.offset) >= last) isAtTheEnd = true;
    },
  });
  await eventually(`kafkajs is at offset ${last}, from ${from}`, () => isAtTheEnd);
  return keys;
}
