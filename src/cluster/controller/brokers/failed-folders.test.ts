import { expect, test } from "vitest";
import { controllerOn, type TestController, uuidOf } from "../controller.test-support.js";

const [inOne, inTwo] = [uuidOf(1, 1), uuidOf(2, 1)];

/** Brokers 1 and 2, and a partition that 1 leads and 2 follows. */
async function withTwoBrokers(): Promise<TestController> {
  const controller = await controllerOn();
  await controller.serve(1, 2);
  await controller.place("t", [1, 2]);
  return controller;
}

test("a folder that fails loses its leaders to other brokers, once", async () => {
  const controller = await withTwoBrokers();
  const spare = uuidOf(1, 2);
  await controller.register(1, { logDirs: [inOne, spare] });
  await controller.heartbeat(1, { offlineLogDirs: [inOne] });
  expect(controller.partition("t")).toMatchObject({ leader: 2, isr: [2], directories: [inOne, inTwo] });
  expect(controller.image.brokers.get(1)).toMatchObject({ fenced: false, logDirs: [spare] });
  const before = controller.log.endOffset;
  await controller.heartbeat(1, { offlineLogDirs: [inOne] });
  expect(controller.log.endOffset).toBe(before);
});

test("nothing in a failed folder is elected before the folder is back", async () => {
  const controller = await withTwoBrokers();
  const spare = uuidOf(1, 2);
  await controller.register(1, { logDirs: [inOne, spare] });
  await controller.propose(1, "t", [1]);
  await controller.heartbeat(1, { offlineLogDirs: [inOne] });
  expect(controller.partition("t")).toMatchObject({ leader: -1, eligibleLeaderReplicas: [1] });
  await controller.register(1, { logDirs: [inOne, spare] });
  expect(controller.partition("t")).toMatchObject({ leader: 1, isr: [1] });
});

test("a broker without any folder left is fenced", async () => {
  const controller = await withTwoBrokers();
  expect(await controller.heartbeat(1, { offlineLogDirs: [inOne] })).toMatchObject({ isFenced: true });
  expect(controller.partition("t")).toMatchObject({ leader: 2, isr: [2] });
});
