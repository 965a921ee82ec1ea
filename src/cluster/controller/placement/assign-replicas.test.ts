import { expect, test } from "vitest";
import { controllerOn, type TestController, uuidOf } from "../controller.test-support.js";

const [old, first, spare] = [uuidOf(1, 9), uuidOf(1, 1), uuidOf(1, 2)];

/** Tells where the replica of broker 1 lies. */
async function assign(controller: TestController, directoryId: string, topic = "t", partitionIndex = 0, brokerId = 1) {
  const topicId = controller.image.topicsByName.get(topic)?.id ?? uuidOf(0, 0);
  const brokerEpoch = controller.epochs.get(brokerId) ?? -1;
  const directories = [{ id: directoryId, topics: [{ topicId, partitions: [{ partitionIndex }] }] }];
  const answer = await controller.call("assignReplicasToDirs", { brokerId, brokerEpoch, directories });
  return answer.errorCode === 0 ? answer.directories[0]?.topics[0]?.partitions[0]?.errorCode : answer.errorCode;
}

async function withTwoBrokers(): Promise<TestController> {
  const controller = await controllerOn();
  await controller.serve(1, 2);
  await controller.place("t", [1, 2]);
  return controller;
}

test("a replica that has moved is noted, and nothing else changes", async () => {
  const controller = await withTwoBrokers();
  await controller.register(1, { logDirs: [first, spare] });
  expect(await assign(controller, spare)).toBe(0);
  expect(controller.partition("t")).toMatchObject({ directories: [spare, uuidOf(2, 1)], leader: 1, leaderEpoch: 0 });
  const before = controller.log.endOffset;
  expect(await assign(controller, spare)).toBe(0);
  expect(controller.log.endOffset).toBe(before);
});

test("a replica that lies in a failed folder is led by another", async () => {
  const controller = await withTwoBrokers();
  expect(await assign(controller, old)).toBe(0);
  expect(controller.partition("t")).toMatchObject({ directories: [old, uuidOf(2, 1)], leader: 2, isr: [2] });
});

test("after a disk was replaced the replica can lead again where it lies now", async () => {
  const controller = await withTwoBrokers();
  await controller.heartbeat(2, { wantFence: true });
  await controller.register(1, { logDirs: [spare] });
  await controller.heartbeat(1, { wantFence: true });
  await controller.heartbeat(1);
  expect(controller.partition("t")).toMatchObject({ leader: -1, eligibleLeaderReplicas: [1] });
  expect(await assign(controller, spare)).toBe(0);
  expect(controller.partition("t")).toMatchObject({ directories: [spare, uuidOf(2, 1)], leader: 1, isr: [1] });
});

test("each reason to refuse it has its code", async () => {
  const controller = await withTwoBrokers();
  await controller.serve(3);
  expect(await assign(controller, first, "gone")).toBe(100);
  expect(await assign(controller, first, "t", 9)).toBe(3);
  expect(await assign(controller, uuidOf(3, 1), "t", 0, 3)).toBe(6);
  controller.epochs.set(1, 0);
  expect(await assign(controller, first)).toBe(77);
});
