import { readBatches } from "../../../src/protocol/records/batch.js";
import { acceptanceCase } from "../case.js";
import {
  type BrokerSeen,
  batchOf,
  connectToAll,
  connectToLeader,
  createTopic,
  eventually,
  expectSame,
  expectThat,
  produce,
} from "../steps.js";
import { fetchCommitted, readCommitted, TransactionalWriter } from "../transactions.js";

const TRANSACTIONS = 12;
/** The leader moves in the middle of each of these. */
const MOVES_IN: readonly number[] = [3, 7];

export const redpanda10671 = acceptanceCase({
  id: "redpanda-10671",
  origin: "https://github.com/redpanda-data/redpanda/pull/10671",
  title: "A record of an aborted transaction is never shown as committed",
  steps: `
    The last stable offset ran ahead of what the replica knew of transactions, so that a reader was given records
    whose abort came later. Twelve transactions, every other one aborted, alternate with plain records; twice the
    leader moves while one is open. From the acknowledgement of a transaction's first record to its end no replica
    answers a read_committed Fetch with a last stable offset or a record beyond it; in the end every replica gives the
    plain records and those of the committed transactions, in order.`,
  brokers: 3,
  limitS: 120,
  run: async (broker) => {
    const topic = await createTopic(broker, { replicas: 3 });
    const replicas = await connectToAll(broker, topic);
    const holdBack = (openedAt: number, when: string) => nobodyGoesBeyond(replicas, topic, openedAt, when);
    const writer = await TransactionalWriter.start(broker);
    const committed: string[] = [];
    for (let turn = 0; turn < TRANSACTIONS; turn++) {
      const commits = turn % 2 === 0;
      const openedAt = await writer.write(topic, `${turn}a`);
      await holdBack(openedAt, `in transaction ${turn}`);
      await produce(await connectToLeader(broker, topic), topic, batchOf([`plain ${turn}`]));
      if (MOVES_IN.includes(turn)) await broker.ask({ ask: "move-leader", topic });
      await holdBack(openedAt, `behind a plain record and before the end of transaction ${turn}`);
      await writer.write(topic, `${turn}b`);
      await holdBack(openedAt, `before the end of transaction ${turn}`);
      await writer.end(commits);
      committed.push(...(commits ? [`${turn}a`, `plain ${turn}`, `${turn}b`] : [`plain ${turn}`]));
    }
    for (const replica of replicas) await shows(replica, topic, committed);
  },
});

async function nobodyGoesBeyond(replicas: readonly BrokerSeen[], topic: string, openedAt: number, when: string) {
  for (const { nodeId, connection } of replicas) {
    const { lastStableOffset, records } = await fetchCommitted(connection, topic, openedAt, { maxWaitMs: 0 });
    const what = `of broker ${nodeId}, ${when}`;
    expectThat(
      lastStableOffset <= openedAt,
      `the last stable offset ${what} is ${lastStableOffset}, not at most ${openedAt}`,
    );
    expectSame(`the batches ${what}`, readBatches(records ?? new Uint8Array()).batches.length, 0);
  }
}

async function shows({ nodeId, connection }: BrokerSeen, topic: string, committed: readonly string[]): Promise<void> {
  let seen: readonly unknown[] = [];
  const isWhole = async () => {
    seen = await readCommitted(connection, topic);
    return seen.length >= committed.length;
  };
  await eventually("all is shown", isWhole).catch(() => {});
  expectSame(`what broker ${nodeId} shows as committed`, seen, committed);
}
