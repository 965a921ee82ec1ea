import fc from "fast-check";
import { expect, test } from "vitest";
import { MemoryShardLog } from "../../../tests/support/memory-shard-log.js";
import { controllerOn, SESSION_TIMEOUT_MS, type TestController, uuidOf } from "./controller.test-support.js";

const brokerId = fc.integer({ min: 1, max: 3 });
const topicName = fc.constantFrom("a.x", "a_x", "b", "c");
const step = fc.oneof(
  fc.record({ kind: fc.constant("register" as const), id: brokerId, incarnation: fc.nat(2) }),
  fc.record({
    kind: fc.constant("heartbeat" as const),
    id: brokerId,
    wantFence: fc.boolean(),
    wantShutDown: fc.boolean(),
  }),
  fc.record({ kind: fc.constant("beat" as const), id: brokerId }),
  fc.record({ kind: fc.constant("time" as const), ms: fc.nat(SESSION_TIMEOUT_MS) }),
  fc.record({
    kind: fc.constant("create" as const),
    name: topicName,
    partitions: fc.integer({ min: 1, max: 3 }),
    factor: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record({ kind: fc.constant("grow" as const), name: topicName, count: fc.integer({ min: 1, max: 6 }) }),
  fc.record({ kind: fc.constant("delete" as const), name: topicName }),
  fc.record({ kind: fc.constant("config" as const), name: topicName, value: fc.option(fc.constantFrom("1", "2")) }),
  fc.record({ kind: fc.constant("ids" as const), id: brokerId }),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

async function take(controller: TestController, one: Step): Promise<void> {
  switch (one.kind) {
    case "register":
      await controller.register(one.id, { incarnationId: uuidOf(one.id, one.incarnation) });
      return;
    case "heartbeat":
    case "beat":
      await controller.heartbeat(
        one.id,
        one.kind === "beat" ? {} : { wantFence: one.wantFence, wantShutDown: one.wantShutDown },
      );
      return;
    case "time":
      await controller.pass(one.ms);
      return;
    case "create":
      await controller.create(one.name, { numPartitions: one.partitions, replicationFactor: one.factor });
      return;
    case "grow": {
      const topics = [{ name: one.name, count: one.count, assignments: null }];
      await controller.call("createPartitions", { topics, timeoutMs: 0, validateOnly: false });
      return;
    }
    case "delete":
      await controller.call("deleteTopics", { topics: [], topicNames: [one.name], timeoutMs: 0 });
      return;
    case "config": {
      const configs = [{ name: "retention.ms", configOperation: one.value === null ? 1 : 0, value: one.value }];
      const resources = [{ resourceType: 2, resourceName: one.name, configs }];
      await controller.call("incrementalAlterConfigs", { resources, validateOnly: false });
      return;
    }
    case "ids":
      await controller.call("allocateProducerIds", {
        brokerId: one.id,
        brokerEpoch: controller.epochs.get(one.id) ?? -1,
      });
  }
}

/** What is true of the metadata at every moment. */
function checkImage({ image }: TestController): void {
  const active = new Set(
    [...image.brokers.values()].filter((one) => !one.fenced && !one.inControlledShutdown).map(({ id }) => id),
  );
  for (const { partitions } of image.topicsById.values()) {
    for (const { leader, isr, replicas, leaderEpoch, partitionEpoch } of partitions) {
      expect(isr.every((id) => replicas.includes(id))).toBe(true);
      expect(leaderEpoch).toBeLessThanOrEqual(partitionEpoch);
      if (leader === -1) expect(isr.some((id) => active.has(id))).toBe(false);
      else expect(isr.includes(leader) && active.has(leader)).toBe(true);
    }
  }
  const shared = [...image.topicsByName.keys()].map((name) => name.replaceAll(".", "_"));
  expect(new Set(shared).size).toBe(shared.length);
  expect(image.topicsById.size).toBe(image.topicsByName.size);
}

/** The half of the state of which the log speaks. */
function replayed({ image, runner }: TestController) {
  const { brokers, topicsByName, topicsById, configs, features, nextProducerId } = image;
  return { brokers, topicsByName, topicsById, configs, features, nextProducerId, collisions: runner.state?.collisions };
}

test("whatever happens: leaders are in sync and serve, names do not collide, epochs only grow, and a restart knows it all", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60, size: "max" }), async (steps) => {
      const controller = await controllerOn();
      await controller.serve(1, 2);
      await controller.create("b", { numPartitions: 2, replicationFactor: 2 });
      const epochs = new Map<string, [leader: number, partition: number]>();
      for (const one of steps) {
        await take(controller, one);
        checkImage(controller);
        for (const topic of controller.image.topicsById.values()) {
          topic.partitions.forEach(({ leaderEpoch, partitionEpoch }, index) => {
            const [leader, partition] = epochs.get(`${topic.id}-${index}`) ?? [0, 0];
            expect(leaderEpoch >= leader && partitionEpoch >= partition).toBe(true);
            epochs.set(`${topic.id}-${index}`, [leaderEpoch, partitionEpoch]);
          });
        }
      }
      expect(controller.bugs).toEqual([]);
      const restarted = await controllerOn(new MemoryShardLog(2, controller.log.batches));
      expect(replayed(restarted)).toEqual(replayed(controller));
    }),
    { seed: 1, numRuns: 250 },
  );
});
