import { Produce } from "../../../src/protocol/messages/00-produce.js";
import { ListOffsets } from "../../../src/protocol/messages/02-list-offsets.js";
import { type CodecId, codecs, compress } from "../../../src/protocol/records/codecs.js";
import { type MessageMagic, messageBytes, writeMessage } from "../../../src/protocol/records/message-sets/message.js";
import { NoAnswer } from "../../../tests/support/wire-client.js";
import { acceptanceCase, type BrokerUnderTest } from "../case.js";
import {
  batchOf,
  connectToLeader,
  createTopic,
  expectSame,
  expectThat,
  fetchOnce,
  produce,
  produceTo,
  recordsIn,
} from "../steps.js";

const LATEST = -1;
/** The newest versions of Produce that carry messages of magic 0 and 1; 3 carries record batches only. */
const versionOf: Readonly<Record<MessageMagic, number>> = { 0: 1, 1: 2 };

export const automq3192 = acceptanceCase({
  id: "automq-3192",
  origin: "https://github.com/AutoMQ/automq/pull/3192",
  title: "Messages of magic 0 and 1 are kept whole, or refused whole",
  steps: `
    Clients before 0.11 send messages one behind the other, or one that wraps compressed others. Three of them are
    sent in each of these shapes, magic 0 by Produce 1 and magic 1 by Produce 2. A broker that takes them gives them
    three offsets in a row, and their keys, values and times to a client of today; one that has given them up
    (KIP-896) appends nothing. Produce 3 refuses them everywhere. A record batch after them has the next offset.`,
  run: async (broker) => {
    const topic = await createTopic(broker);
    const expected: string[] = [];
    for (const magic of [0, 1] as const) {
      for (const codec of [codecs.none, codecs.gzip]) {
        const messages = messagesOf(magic, codec, expected.length);
        const what = `messages of magic ${magic} and codec ${codec}`;
        const isTaken = await isAppended(broker, topic, versionOf[magic], messages.bytes);
        if (isTaken) expected.push(...messages.pairs);
        expectSame(
          `the end after ${what} were ${isTaken ? "taken" : "refused"}`,
          await offsetAt(LATEST),
          expected.length,
        );
        if (isTaken && magic === 1) {
          expectSame(
            `the offset at the second time of ${what}`,
            await offsetAt(messages.timeMs + 1),
            expected.length - 2,
          );
        }
        expectThat(!(await isAppended(broker, topic, 3, messages.bytes)), `Produce 3 took ${what}`);
      }
    }
    const connection = await connectToLeader(broker, topic);
    expectSame("the offset of a batch of today", await produce(connection, topic, batchOf(["now"])), expected.length);
    const read = recordsIn((await fetchOnce(connection, topic, 0)).records);
    expectSame(
      "the records",
      read.map(({ offset, key, value }) => `${offset} ${key} ${value}`),
      [...expected, "null now"].map((pair, offset) => `${offset} ${pair}`),
    );

    async function offsetAt(timestamp: number): Promise<number | undefined> {
      const leader = await connectToLeader(broker, topic);
      const topics = [{ name: topic, partitions: [{ partitionIndex: 0, timestamp }] }];
      const { topics: answered } = await leader.request(ListOffsets, 4, { replicaId: -1, topics });
      leader.close();
      return answered[0]?.partitions[0]?.offset;
    }
  },
});

/** Refused is an error, or a connection that is closed, as for every version that a broker does not serve. */
async function isAppended(
  broker: BrokerUnderTest,
  topic: string,
  version: number,
  bytes: Uint8Array,
): Promise<boolean> {
  const connection = await connectToLeader(broker, topic);
  try {
    const { responses } = await connection.request(Produce, version, produceTo(topic, bytes));
    return responses[0]?.partitionResponses[0]?.errorCode === 0;
  } catch (error) {
    if (error instanceof NoAnswer && connection.isClosed) return false;
    throw error;
  } finally {
    connection.close();
  }
}

/** Three messages, and what a reader shall see of each. Every set has times of its own. */
function messagesOf(magic: MessageMagic, codec: CodecId, setIndex: number) {
  const timeMs = 1_500_000_000_000 + setIndex * 1_000;
  const texts = [0, 1, 2].map((index) => ({
    key: `k${setIndex + index}`,
    value: `magic ${magic}, codec ${codec}, ${index}`,
  }));
  const plain = Buffer.concat(
    texts.map(({ key, value }, offset) =>
      messageFrom({ magic, offset, codec: codecs.none, timeMs: timeMs + offset, key, value: Buffer.from(value) }),
    ),
  );
  const wrapper = { magic, offset: 2, codec, timeMs: timeMs + 2, key: null };
  const bytes = codec === codecs.none ? plain : messageFrom({ ...wrapper, value: compress(codec, plain) });
  return { bytes, timeMs, pairs: texts.map(({ key, value }) => `${key} ${value}`) };
}

function messageFrom(of: {
  readonly magic: MessageMagic;
  readonly offset: number;
  readonly codec: CodecId;
  readonly timeMs: number;
  readonly key: string | null;
  readonly value: Uint8Array;
}): Buffer {
  const { timeMs: timestampMs, key, ...rest } = of;
  const message = {
    ...rest,
    timestampMs,
    timestampType: "CreateTime",
    key: key === null ? null : Buffer.from(key),
  } as const;
  const bytes = Buffer.alloc(messageBytes(message));
  writeMessage(bytes, message, 0);
  return bytes;
}
