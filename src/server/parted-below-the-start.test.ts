/** Records that were lost with their leader lie on its disk still, below what a DeleteRecords has since taken from all. */
import { expect, test } from "vitest";
import { Simulation } from "../environments/simulated/simulation.js";
import { invariant } from "../lib/invariant.js";
import { Produce } from "../protocol/messages/00-produce.js";
import { loadCrc32c } from "../protocol/records/crc32c.js";
import { batchOf } from "../storage/storage.test-data.js";
import { ReplicaSet, TOPIC_ID } from "./replica-set.test-data.js";

// Libraries are loaded before the run, in which nobody may read files.
loadCrc32c();

const limits = { eventsMax: 1e6, virtualMsMax: 60_000 };
const [ALL, LEADER_ALONE] = [-1, 1];
/** When simulations begin. */
const START_MS = Date.UTC(2026);
const batch = () => batchOf(1, 10, {}, START_MS);
/** Of a producer that sends it again and again. */
const repeated = () => batchOf(1, 10, { producer: { id: 7, epoch: 0, baseSequence: 0 } }, START_MS);

test("a batch that was lost with its leader is written when it is sent again, and not taken for one that is there", async () => {
  const simulation = new Simulation(1);
  await simulation.run(async () => {
    const set = new ReplicaSet(simulation, [1, 2, 3]);
    for (const broker of set.brokers) await broker.start();
    await simulation.sleep(1_000);
    const { leader: old } = set.partition;
    const produce = async (to: number, acks: number, records: Uint8Array) => {
      const topicData = [{ topicId: TOPIC_ID, partitionData: [{ index: 0, records }] }];
      const response = await set.broker(to).serve(Produce, { acks, timeoutMs: 5_000, topicData });
      return response?.responses[0]?.partitionResponses[0];
    };
    const lead = async (wanted: (id: number) => boolean) => {
      while (!wanted(set.partition.leader)) set.elect();
      await simulation.sleep(1_000);
      return set.partition.leader;
    };
    expect(await produce(old, ALL, batch())).toMatchObject({ errorCode: 0, baseOffset: 0 });

    for (const { id } of set.brokers) if (id !== old) set.cuts.add(`${old}-${id}`);
    expect(await produce(old, LEADER_ALONE, repeated())).toMatchObject({ baseOffset: 1 });
    set.fenced(old);
    const next = await lead((id) => id !== old);
    expect(await produce(next, ALL, batch())).toMatchObject({ errorCode: 0, baseOffset: 1 });
    const { leader } = set;
    invariant(leader !== null, "there is one");
    expect(leader.deleteRecordsBefore(2)).toBe(0);

    set.cuts.clear();
    while (set.partition.isr.length < 3) await simulation.sleep(100);
    await lead((id) => id === old);
    expect(await produce(old, ALL, repeated())).toMatchObject({ errorCode: 0, baseOffset: 2 });
  }, limits);
});
