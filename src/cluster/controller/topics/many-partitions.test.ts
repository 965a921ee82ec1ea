/** What befalls a broker with very many partitions does not fail for their number, nor hold the others up. */
import { describe, expect, test } from "vitest";
import { MemoryShardLog } from "../../../../tests/support/memory-shard-log.js";
import { apply } from "../../../metadata/image/apply.js";
import { emptyImage } from "../../../metadata/image/empty.js";
import { RecordBatch } from "../../../protocol/records/batch.js";
import { CHANGES_PER_TURN_MAX } from "../brokers/heartbeats.js";
import { controllerOn, SESSION_TIMEOUT_MS, type TestController, uuidOf } from "../controller.test-support.js";

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
});

describe("a topic that one batch has no room for", () => {
  const large = { numPartitions: SOME, replicationFactor: 1 };

  async function created(): Promise<TestController> {
    const controller = await controllerOn();
    await controller.serve(1);
    controller.log.batchBytesMax = FEW_BYTES;
    expect(await controller.create("t", large)).toMatchObject({ errorCode: 0, numPartitions: SOME });
    return controller;
  }

  /** How many partitions those see who follow the log, after each batch. */
  function seen(batches: readonly Uint8Array[]): readonly number[] {
    let image = emptyImage;
    return batches.map((batch) => {
      image = apply(image, new RecordBatch(Buffer.from(batch), 0));
      return image.topicsByName.get("t")?.partitions.length ?? 0;
    });
  }

  test("comes in several, and is seen by nobody before the last", async () => {
    const controller = await created();
    const counts = seen(controller.log.batches);
    expect(counts.filter((count) => count > 0)).toEqual([SOME]);
    expect(counts.at(-1)).toBe(SOME);
    expect(controller.image.topicsByName.get("t")?.partitions).toHaveLength(SOME);
    const { brokerEpoch } = await controller.register(2);
    expect(brokerEpoch).toBe(controller.log.endOffset - 1);
    expect(controller.bugs).toEqual([]);
  });

  test("is not there when its controller dies before that; the next one can make it", async () => {
    const { log } = await created();
    for (const missing of [1, 2]) {
      const next = await controllerOn(new MemoryShardLog(2, log.batches.slice(0, -missing)));
      expect(next.image.topicsByName.has("t")).toBe(false);
      expect(next.image.heldBack).toBeNull();
      await next.serve(1);
      expect(await next.create("t", large)).toMatchObject({ errorCode: 0 });
      expect(seen(next.log.batches).at(-1)).toBe(SOME);
    }
  });

  test("grows as a whole, too", async () => {
    const controller = await created();
    const topics = [{ name: "t", count: 2 * SOME, assignments: null }];
    const { results } = await controller.call("createPartitions", { topics, timeoutMs: 0, validateOnly: false });
    expect(results).toMatchObject([{ errorCode: 0 }]);
    expect(new Set(seen(controller.log.batches))).toEqual(new Set([0, SOME, 2 * SOME]));
  });

  test("is refused beyond what Apache Kafka takes in one request", async () => {
    const controller = await controllerOn();
    await controller.serve(1);
    const answers = [];
    for (const numPartitions of [9_999, 10_000, 10_001])
      answers.push(await controller.create("t", { numPartitions }, true));
    expect(answers.map((answer) => answer?.errorMessage)).toEqual([
      null,
      "Unable to perform excessively large batch operation.",
      "Excessively large number of partitions per request.",
    ]);
  });
});
