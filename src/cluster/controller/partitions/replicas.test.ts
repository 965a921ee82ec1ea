import { describe, expect, test } from "vitest";
import { errorName } from "../../../protocol/errors.js";
import { controllerOn, type TestController } from "../controller.test-support.js";

/** A topic with one partition on these brokers, led by the first. */
async function withPartitionOn(...brokerIds: number[]): Promise<TestController> {
  const controller = await controllerOn();
  await controller.serve(1, 2, 3);
  const assignments = [{ partitionIndex: 0, brokerIds }];
  await controller.create("t", { numPartitions: -1, replicationFactor: -1, assignments });
  return controller;
}

function fence(controller: TestController, brokerId: number) {
  return controller.heartbeat(brokerId, { wantFence: true });
}

const [PREFERRED, UNCLEAN] = [0, 1];

async function elect(controller: TestController, electionType: number) {
  const answer = await controller.call("electLeaders", {
    ...{ electionType, timeoutMs: 0 },
    topicPartitions: [{ topic: "t", partitions: [0] }],
  });
  return errorName(answer.replicaElectionResults[0]?.partitionResult[0]?.errorCode ?? -1);
}

async function move(controller: TestController, replicas: number[] | null, allowReplicationFactorChange = true) {
  const partitions = [{ partitionIndex: 0, replicas }];
  const topics = [{ name: "t", partitions }];
  const answer = await controller.call("alterPartitionReassignments", {
    ...{ timeoutMs: 0, allowReplicationFactorChange, topics },
  });
  const { errorCode = -1, errorMessage = null } = answer.responses[0]?.partitions[0] ?? {};
  return `${errorName(errorCode)}: ${errorMessage}`;
}

async function moving(controller: TestController) {
  return (await controller.call("listPartitionReassignments", { timeoutMs: 0, topics: null })).topics;
}

describe("elections", () => {
  test("leadership does not return by itself; a preferred election gives it back", async () => {
    const controller = await withPartitionOn(1, 2);
    await fence(controller, 1);
    expect(controller.partition("t")).toMatchObject({ leader: 2, isr: [2] });
    expect(await elect(controller, PREFERRED)).toBe("PREFERRED_LEADER_NOT_AVAILABLE");
    await controller.heartbeat(1);
    // Broker 1 is back, and not in sync yet.
    expect(await elect(controller, PREFERRED)).toBe("PREFERRED_LEADER_NOT_AVAILABLE");
  });

  test("where the preferred replica leads, none is needed", async () => {
    const controller = await withPartitionOn(1, 2);
    expect(await elect(controller, PREFERRED)).toBe("ELECTION_NOT_NEEDED");
    expect(await elect(controller, UNCLEAN)).toBe("ELECTION_NOT_NEEDED");
  });

  test("an unclean election makes a replica the leader that was not in sync, and begins its history anew", async () => {
    const controller = await withPartitionOn(1, 2);
    await fence(controller, 2);
    await fence(controller, 1);
    expect(controller.partition("t")).toMatchObject({ leader: -1, isr: [], eligibleLeaderReplicas: [1] });
    expect(await elect(controller, UNCLEAN)).toBe("ELIGIBLE_LEADERS_NOT_AVAILABLE");
    await controller.heartbeat(2);
    const { leaderEpoch = -1 } = controller.partition("t") ?? {};
    expect(await elect(controller, UNCLEAN)).toBe("NONE");
    expect(controller.partition("t")).toMatchObject({
      ...{ leader: 2, isr: [2], leaderRecoveryState: 1, leaderEpoch: leaderEpoch + 1 },
    });
  });
});

describe("reassignments", () => {
  test("a partition that moves to others keeps its replicas until those are in sync", async () => {
    const controller = await withPartitionOn(1, 2);
    expect(await move(controller, [2, 3])).toBe("NONE: null");
    expect(controller.partition("t")).toMatchObject({
      ...{ replicas: [2, 3, 1], isr: [1, 2], addingReplicas: [3], removingReplicas: [1], leader: 1 },
    });
    expect(controller.partition("t")?.directories).toHaveLength(3);
    expect(await moving(controller)).toEqual([
      {
        name: "t",
        partitions: [{ partitionIndex: 0, replicas: [2, 3, 1], addingReplicas: [3], removingReplicas: [1] }],
      },
    ]);
  });

  test("a move ends when those that came are in sync, though one that stays is down", async () => {
    const controller = await withPartitionOn(1, 2);
    await controller.serve(4);
    await fence(controller, 2);
    expect(await move(controller, [4, 2])).toBe("NONE: null");
    await controller.propose(1, "t", [1, 4]);
    expect(controller.partition("t")).toMatchObject({ replicas: [4, 2], isr: [4], leader: 4, removingReplicas: [] });
  });

  test("where more go than come, all that stay must be in sync", async () => {
    const controller = await withPartitionOn(1, 2, 3);
    await fence(controller, 2);
    expect(await move(controller, [1, 2])).toBe("NONE: null");
    expect(controller.partition("t")).toMatchObject({ replicas: [1, 2, 3], isr: [1, 3], removingReplicas: [3] });
  });

  test("a partition may move to a broker that is down: it moves when that is back", async () => {
    const controller = await withPartitionOn(1, 2);
    await fence(controller, 3);
    expect(await move(controller, [3])).toBe("NONE: null");
    expect(controller.partition("t")).toMatchObject({ replicas: [3, 1, 2], isr: [1, 2], leader: 1 });
    await controller.heartbeat(3);
    await controller.propose(1, "t", [1, 2, 3]);
    expect(controller.partition("t")).toMatchObject({ replicas: [3], isr: [3], leader: 3 });
  });

  test("a move that is taken back leaves what was there", async () => {
    const controller = await withPartitionOn(1, 2);
    await move(controller, [1, 2, 3]);
    expect(await move(controller, null)).toBe("NONE: null");
    expect(controller.partition("t")).toMatchObject({ replicas: [1, 2], isr: [1, 2], addingReplicas: [] });
    expect(await move(controller, null)).toBe("NO_REASSIGNMENT_IN_PROGRESS: null");
    expect(await moving(controller)).toEqual([]);
  });

  test("replicas that only go, go at once, and a leader among them hands over", async () => {
    const controller = await withPartitionOn(1, 2, 3);
    expect(await move(controller, [2, 3])).toBe("NONE: null");
    expect(controller.partition("t")).toMatchObject({
      ...{ replicas: [2, 3], isr: [2, 3], leader: 2, leaderEpoch: 1, addingReplicas: [], removingReplicas: [] },
    });
  });

  test("another order is a move as well, and no move is none", async () => {
    const controller = await withPartitionOn(1, 2);
    const before = controller.log.endOffset;
    expect(await move(controller, [1, 2])).toBe("NONE: null");
    expect(controller.log.endOffset).toBe(before);
    expect(await move(controller, [2, 1])).toBe("NONE: null");
    expect(controller.partition("t")).toMatchObject({ replicas: [2, 1], leader: 1, leaderEpoch: 0 });
  });

  test("who wants to keep the replication factor is kept to it (KIP-860)", async () => {
    const controller = await withPartitionOn(1, 2);
    const refusal = "INVALID_REPLICATION_FACTOR: The replication factor is changed from 2 to 3";
    expect(await move(controller, [1, 2, 3], false)).toBe(refusal);
    expect(await move(controller, [1, 3], false)).toBe("NONE: null");
  });
});

describe("UnregisterBroker", () => {
  test("a broker that is forgotten leads nothing and is in sync nowhere", async () => {
    const controller = await withPartitionOn(1, 2);
    expect((await controller.call("unregisterBroker", { brokerId: 1 })).errorCode).toBe(0);
    expect([...controller.image.brokers.keys()]).toEqual([2, 3]);
    expect(controller.partition("t")).toMatchObject({ leader: 2, isr: [2] });
  });
});
