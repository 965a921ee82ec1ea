/** What befalls a broker with very many partitions does not fail for their number, nor hold the others up. */
import { describe, expect, test } from "vitest";
import { RecordBatch } from "../../protocol/records/batch.js";
import { controllerOn, SESSION_TIMEOUT_MS, type TestController, uuidOf } from "./controller.test-support.js";
import { CHANGES_PER_TURN_MAX } from "./heartbeats.js";

/** Records of more changes than these have no room in a batch of so many bytes. */
const [SOME, FEW_BYTES] = [500, 10_000];

async function withPartitions(numPartitions: number): Promise<TestController> {
  const controller = await controllerOn();
  await controller.serve(1, 2);
  const topic = { name: "t", numPartitions, replicationFactor: 2, assignments: [], configs: [] };
  const { topics } = await controller.call("createTopics", { timeoutMs: 1_000, topics: [topic], validateOnly: false });
  expect(topics[0]).toMatchObject({ errorCode: 0 });
  return controller;
}

function led(controller: TestController, brokerId: number): number {
  const { partitions = [] } = controller.image.topicsByName.get("t") ?? {};
  return partitions.filter(({ leader }) => leader === brokerId).length;
}

function recordsIn({ log }: TestController, from: number): readonly number[] {
  return log.batches.slice(from).map((batch) => new RecordBatch(Buffer.from(batch), 0).recordsCount);
}

describe("a broker with very many partitions", () => {
  test("loses them in several turns when it falls silent, and is fenced with the last of them", async () => {
    const controller = await withPartitions(CHANGES_PER_TURN_MAX + 1);
    await controller.pass(SESSION_TIMEOUT_MS * 0.8);
    await controller.heartbeat(1);
    const before = controller.log.batches.length;
    await controller.pass(SESSION_TIMEOUT_MS * 0.2 + 1);
    await controller.pass(0);
    expect(recordsIn(controller, before)).toEqual([CHANGES_PER_TURN_MAX, 2]);
    expect(controller.image.brokers.get(2)).toMatchObject({ fenced: true });
    expect([led(controller, 1), led(controller, 2)]).toEqual([CHANGES_PER_TURN_MAX + 1, 0]);
  });

  test("is fenced also where a batch has room for few records", async () => {
    const controller = await withPartitions(SOME);
    await controller.pass(SESSION_TIMEOUT_MS * 0.8);
    await controller.heartbeat(1);
    controller.log.batchBytesMax = FEW_BYTES;
    await controller.pass(SESSION_TIMEOUT_MS * 0.2 + 1);
    await controller.pass(0);
    expect(controller.image.brokers.get(2)).toMatchObject({ fenced: true });
    expect(led(controller, 1)).toBe(SOME);
    expect(controller.bugs).toEqual([]);
  });

  test("registers anew, shuts down and comes back, whatever a batch has room for", async () => {
    const controller = await withPartitions(SOME);
    controller.log.batchBytesMax = FEW_BYTES;
    const going = await controller.heartbeat(2, { wantShutDown: true });
    expect(going).toMatchObject({ errorCode: 0 });
    expect([led(controller, 1), led(controller, 2)]).toEqual([SOME, 0]);
    await controller.pass(SESSION_TIMEOUT_MS * 0.8);
    await controller.heartbeat(1);
    await controller.pass(SESSION_TIMEOUT_MS * 0.2 + 1);
    const { brokerEpoch } = await controller.register(2, { incarnationId: uuidOf(2, 7) });
    expect(controller.image.brokers.get(2)).toMatchObject({ epoch: brokerEpoch, fenced: true });
    expect(controller.bugs).toEqual([]);
  });

  test("is not made: a topic comes as a whole, or is refused", async () => {
    const controller = await controllerOn();
    await controller.serve(1);
    controller.log.batchBytesMax = FEW_BYTES;
    const topic = { name: "t", numPartitions: SOME, replicationFactor: 1, assignments: [], configs: [] };
    const request = { timeoutMs: 1_000, topics: [topic], validateOnly: false };
    await expect(controller.call("createTopics", request)).rejects.toThrow();
    expect(controller.image.topicsByName.has("t")).toBe(false);
  });
});
