import { describe, expect, test } from "vitest";
import { controllerOn, type TestController, uuidOf } from "../controller.test-support.js";

/** Topic "t" with one partition on these brokers, led by the first. */
async function withPartitionOn(...brokerIds: number[]): Promise<TestController> {
  const controller = await controllerOn();
  await controller.serve(1, 2, 3, 4);
  await controller.place("t", brokerIds);
  return controller;
}

async function move(controller: TestController, replicas: number[]) {
  const topics = [{ name: "t", partitions: [{ partitionIndex: 0, replicas }] }];
  const asked = { timeoutMs: 0, allowReplicationFactorChange: true, topics };
  return (await controller.call("alterPartitionReassignments", asked)).responses[0]?.partitions[0]?.errorCode;
}

describe("a leader's proposal", () => {
  test("a follower that lags leaves the in-sync replicas, and comes back; the leader epoch stays", async () => {
    const controller = await withPartitionOn(1, 2, 3);
    const shrunk = await controller.propose(1, "t", [1, 3]);
    expect(shrunk).toMatchObject({ error: "NONE", leaderId: 1, leaderEpoch: 0, isr: [1, 3], partitionEpoch: 1 });
    const grown = await controller.propose(1, "t", [1, 3, 2]);
    expect(grown).toMatchObject({ error: "NONE", isr: [1, 3, 2], leaderEpoch: 0, partitionEpoch: 2 });
    expect(controller.partition("t")).toMatchObject({ isr: [1, 3, 2], leader: 1, leaderEpoch: 0, partitionEpoch: 2 });
  });

  test("what is so already needs no record, and is confirmed", async () => {
    const controller = await withPartitionOn(1, 2);
    const before = controller.log.endOffset;
    expect(await controller.propose(1, "t", [1, 2])).toMatchObject({ error: "NONE", partitionEpoch: 0 });
    expect(controller.log.endOffset).toBe(before);
  });

  test("in version 2 the replicas come without their epochs", async () => {
    const controller = await withPartitionOn(1, 2);
    expect(await controller.propose(1, "t", [], { newIsr: [1] })).toMatchObject({ error: "NONE", isr: [1] });
  });

  test("each reason to refuse it has its code", async () => {
    const controller = await withPartitionOn(1, 2, 3);
    await controller.propose(1, "t", [1, 2]);
    const error = async (...given: Parameters<TestController["propose"]>) => (await controller.propose(...given)).error;
    expect(await error(1, "t", [1], { leaderEpoch: 9 })).toBe("NOT_CONTROLLER");
    expect(await error(1, "t", [1], { partitionEpoch: 9 })).toBe("NOT_CONTROLLER");
    expect(await error(1, "t", [1], { partitionEpoch: 0 })).toBe("INVALID_UPDATE_VERSION");
    expect(await error(2, "t", [2])).toBe("INVALID_REQUEST");
    expect(await error(1, "t", [1, 4])).toBe("INVALID_REQUEST");
    expect(await error(1, "t", [1, 1])).toBe("INVALID_REQUEST");
    expect(await error(1, "t", [2, 3])).toBe("INVALID_REQUEST");
    expect(await error(1, "t", [1], { leaderRecoveryState: 1 })).toBe("INVALID_REQUEST");
    expect(await error(1, "t", [1], { partitionIndex: 7 })).toBe("UNKNOWN_TOPIC_OR_PARTITION");
    expect(await error(1, "gone", [1])).toBe("UNKNOWN_TOPIC_ID");
    controller.epochs.set(1, 0);
    expect(await error(1, "t", [1])).toBe("STALE_BROKER_EPOCH");
  });

  test("a leader that was replaced is fenced by its old epoch", async () => {
    const controller = await withPartitionOn(1, 2, 3);
    await controller.heartbeat(1, { wantFence: true });
    expect((await controller.propose(1, "t", [1], { leaderEpoch: 0 })).error).toBe("FENCED_LEADER_EPOCH");
  });

  test("a broker that is fenced, leaves, or was restarted since is not in sync (KIP-841, KIP-903)", async () => {
    const controller = await withPartitionOn(1, 2, 3);
    await controller.propose(1, "t", [1]);
    await controller.heartbeat(2, { wantFence: true });
    expect((await controller.propose(1, "t", [1, 2])).error).toBe("INELIGIBLE_REPLICA");
    await controller.place("u", [3]);
    await controller.heartbeat(3, { wantShutDown: true });
    expect((await controller.propose(1, "t", [1, 3])).error).toBe("INELIGIBLE_REPLICA");
    const olderRun = controller.epochs.get(2) ?? -1;
    await controller.register(2, { incarnationId: uuidOf(2, 7) });
    await controller.heartbeat(2);
    const asOfOlderRun = {
      newIsrWithEpochs: [
        { brokerId: 1, brokerEpoch: -1 },
        { brokerId: 2, brokerEpoch: olderRun },
      ],
    };
    expect((await controller.propose(1, "t", [], asOfOlderRun)).error).toBe("INELIGIBLE_REPLICA");
    expect((await controller.propose(1, "t", [1, 2])).error).toBe("NONE");
  });
});

describe("a move ends", () => {
  test("when the added replica is in sync: those that were to go are gone, in a new leader epoch", async () => {
    const controller = await withPartitionOn(1, 2);
    await move(controller, [1, 3]);
    expect(await controller.propose(1, "t", [1, 2, 3])).toMatchObject({ error: "NONE", isr: [1, 3], leaderEpoch: 1 });
    expect(controller.partition("t")).toMatchObject({
      ...{ replicas: [1, 3], isr: [1, 3], leader: 1, addingReplicas: [], removingReplicas: [] },
    });
    expect(controller.partition("t")?.directories).toEqual([uuidOf(1, 1), uuidOf(3, 1)]);
  });

  test("a leader that goes hears that there is a new one", async () => {
    const controller = await withPartitionOn(1, 2);
    await move(controller, [2, 3]);
    expect((await controller.propose(1, "t", [1, 2, 3])).error).toBe("NEW_LEADER_ELECTED");
    expect(controller.partition("t")).toMatchObject({ replicas: [2, 3], isr: [2, 3], leader: 2, leaderEpoch: 1 });
  });

  test("not before every replica that stays is in sync", async () => {
    const controller = await withPartitionOn(1, 2);
    await move(controller, [3, 4]);
    expect((await controller.propose(1, "t", [1, 2, 3])).error).toBe("NONE");
    expect(controller.partition("t")).toMatchObject({ replicas: [3, 4, 1, 2], isr: [1, 2, 3], leader: 1 });
    expect((await controller.propose(1, "t", [1, 2, 3, 4])).error).toBe("NEW_LEADER_ELECTED");
    expect(controller.partition("t")).toMatchObject({ replicas: [3, 4], isr: [3, 4], leader: 3 });
  });

  test("another goal on the way: what was being added stays until the new ones are in sync", async () => {
    const controller = await withPartitionOn(1, 2);
    await move(controller, [1, 3]);
    await move(controller, [1, 4]);
    expect(controller.partition("t")).toMatchObject({
      ...{ replicas: [1, 4, 2, 3], addingReplicas: [4], removingReplicas: [2, 3], isr: [1, 2], leaderEpoch: 0 },
    });
    await controller.propose(1, "t", [1, 2, 4]);
    expect(controller.partition("t")).toMatchObject({ replicas: [1, 4], isr: [1, 4], addingReplicas: [] });
  });
});
