import { describe, expect, test } from "vitest";
import {
  controllerOn,
  LEADER_CHECK_MS,
  type TestController,
  UNCLEAN_CHECK_MS,
  uuidOf,
} from "../controller.test-support.js";

const twoOfThree = { "min.insync.replicas": "2" };

/** Topic "t" with one partition on brokers 1, 2 and 3, of which two must be in sync. */
async function withThreeReplicas(configs: Readonly<Record<string, string>> = twoOfThree): Promise<TestController> {
  const controller = await controllerOn();
  await controller.serve(1, 2, 3);
  await controller.place("t", [1, 2, 3], configs);
  return controller;
}

async function fence(controller: TestController, ...brokerIds: number[]): Promise<void> {
  for (const id of brokerIds) await controller.heartbeat(id, { wantFence: true });
}

/** A new run of a broker, after a crash or after a stop in order. */
async function restart(controller: TestController, brokerId: number, how: "crashed" | "stopped"): Promise<void> {
  const previousBrokerEpoch = how === "stopped" ? (controller.epochs.get(brokerId) ?? -1) : -1;
  await controller.register(brokerId, { incarnationId: uuidOf(brokerId, 7), previousBrokerEpoch });
}

describe("eligible leader replicas", () => {
  test("who leaves while enough are in sync is not eligible; who leaves after that is, up to the last", async () => {
    const controller = await withThreeReplicas();
    await fence(controller, 3);
    expect(controller.partition("t")).toMatchObject({ leader: 1, isr: [1, 2], eligibleLeaderReplicas: [] });
    await fence(controller, 2);
    expect(controller.partition("t")).toMatchObject({ leader: 1, isr: [1], eligibleLeaderReplicas: [2] });
    await fence(controller, 1);
    expect(controller.partition("t")).toMatchObject({
      ...{ leader: -1, isr: [], eligibleLeaderReplicas: [2, 1], lastKnownElr: [1] },
    });
  });

  test("one of them leads as soon as it is back, and nobody else does", async () => {
    const controller = await withThreeReplicas();
    await fence(controller, 3, 2, 1);
    await controller.heartbeat(3);
    expect(controller.partition("t")).toMatchObject({ leader: -1 });
    await controller.heartbeat(2);
    expect(controller.partition("t")).toMatchObject({
      ...{ leader: 2, isr: [2], eligibleLeaderReplicas: [1], lastKnownElr: [], leaderRecoveryState: 0 },
    });
  });

  test("nobody is eligible any more when enough are in sync again", async () => {
    const controller = await withThreeReplicas();
    await fence(controller, 3, 2);
    await controller.heartbeat(3);
    expect((await controller.propose(1, "t", [1, 3])).error).toBe("NONE");
    expect(controller.partition("t")).toMatchObject({ isr: [1, 3], eligibleLeaderReplicas: [] });
  });

  test("a leader that drops a slow follower keeps it eligible", async () => {
    const controller = await withThreeReplicas();
    await controller.propose(1, "t", [1, 2]);
    await controller.propose(1, "t", [1]);
    expect(controller.partition("t")).toMatchObject({ isr: [1], eligibleLeaderReplicas: [2] });
  });

  test("a broker that crashed may have lost records: it is not eligible; one that was stopped is", async () => {
    const controller = await withThreeReplicas();
    await fence(controller, 3, 2, 1);
    await restart(controller, 2, "crashed");
    expect(controller.partition("t")).toMatchObject({ leader: -1, isr: [], eligibleLeaderReplicas: [1] });
    await controller.heartbeat(2);
    expect(controller.partition("t")).toMatchObject({ leader: -1 });
    await restart(controller, 1, "stopped");
    await controller.heartbeat(1);
    expect(controller.partition("t")).toMatchObject({ leader: 1, isr: [1], leaderRecoveryState: 0 });
  });

  test("where all crashed, the last leader leads again, and may have to recover", async () => {
    const controller = await withThreeReplicas();
    await fence(controller, 3, 2, 1);
    for (const id of [1, 2, 3]) await restart(controller, id, "crashed");
    await controller.heartbeat(2);
    expect(controller.partition("t")).toMatchObject({ leader: -1, eligibleLeaderReplicas: [], lastKnownElr: [1] });
    await controller.heartbeat(1);
    expect(controller.partition("t")).toMatchObject({ leader: 1, isr: [1], lastKnownElr: [], leaderRecoveryState: 1 });
    expect((await controller.propose(1, "t", [1, 2], { leaderRecoveryState: 1 })).error).toBe("INVALID_REQUEST");
    expect(await controller.propose(1, "t", [1, 2])).toMatchObject({ error: "NONE", leaderRecoveryState: 0 });
    expect(controller.partition("t")).toMatchObject({ isr: [1, 2], leaderRecoveryState: 0 });
  });

  test("a crash while others are in sync costs the broker its place among them", async () => {
    const controller = await withThreeReplicas();
    await controller.pass(5000);
    for (const id of [2, 3]) await controller.heartbeat(id);
    await controller.pass(5000);
    expect(controller.partition("t")).toMatchObject({ leader: 2, isr: [2, 3] });
    await restart(controller, 1, "crashed");
    expect(controller.partition("t")).toMatchObject({ leader: 2, isr: [2, 3], eligibleLeaderReplicas: [] });
  });

  test("another min.insync.replicas makes a new beginning", async () => {
    const controller = await withThreeReplicas();
    await fence(controller, 3, 2);
    const configs = [{ name: "min.insync.replicas", configOperation: 0, value: "1" }];
    const resources = [{ resourceType: 2, resourceName: "t", configs }];
    await controller.call("incrementalAlterConfigs", { resources, validateOnly: false });
    expect(controller.partition("t")).toMatchObject({ isr: [1], eligibleLeaderReplicas: [] });
  });

  test("a broker that is forgotten is eligible until it comes back, as nobody knows what it has then", async () => {
    const controller = await withThreeReplicas();
    await fence(controller, 3, 2);
    await controller.call("unregisterBroker", { brokerId: 2 });
    expect(controller.partition("t")).toMatchObject({ isr: [1], eligibleLeaderReplicas: [2] });
    await restart(controller, 2, "stopped");
    expect(controller.partition("t")).toMatchObject({ isr: [1], eligibleLeaderReplicas: [] });
  });
});

describe("unclean elections", () => {
  const anybody = { ...twoOfThree, "unclean.leader.election.enable": "true" };

  test("where a topic allows them, it always has a leader as long as one replica lives", async () => {
    const controller = await withThreeReplicas(anybody);
    await controller.propose(1, "t", [1, 2]);
    await controller.propose(1, "t", [1]);
    await fence(controller, 2, 1);
    expect(controller.partition("t")).toMatchObject({
      ...{ leader: 3, isr: [3], eligibleLeaderReplicas: [], leaderRecoveryState: 1 },
    });
  });

  test("allowed later, they come with the next look for partitions without a leader", async () => {
    const controller = await withThreeReplicas();
    await fence(controller, 3, 2, 1);
    await controller.heartbeat(3);
    const configs = [{ name: "unclean.leader.election.enable", configOperation: 0, value: "true" }];
    const resources = [{ resourceType: 2, resourceName: "t", configs }];
    await controller.call("incrementalAlterConfigs", { resources, validateOnly: false });
    expect(controller.partition("t")).toMatchObject({ leader: -1 });
    await passTime(controller, UNCLEAN_CHECK_MS, 3);
    expect(controller.partition("t")).toMatchObject({ leader: 3, isr: [3], leaderRecoveryState: 1 });
  });
});

describe("preferred leaders", () => {
  test("leadership returns by itself when the first replica is in sync again", async () => {
    const controller = await withThreeReplicas();
    await fence(controller, 1);
    await controller.heartbeat(1);
    await controller.propose(2, "t", [1, 2, 3]);
    expect(controller.partition("t")).toMatchObject({ leader: 2 });
    await passTime(controller, LEADER_CHECK_MS, 1, 2, 3);
    expect(controller.partition("t")).toMatchObject({ leader: 1, isr: [1, 2, 3] });
    expect(controller.bugs).toEqual([]);
  });
});

/** These brokers say every two seconds that they live. */
async function passTime(controller: TestController, ms: number, ...brokerIds: number[]): Promise<void> {
  for (let passed = 0; passed < ms; passed += 2000) {
    await controller.pass(2000);
    for (const id of brokerIds) await controller.heartbeat(id);
  }
}
