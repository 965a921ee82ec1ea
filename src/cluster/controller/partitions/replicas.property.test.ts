/**
 * Brokers crash, stop, return and are fenced, leaders propose in-sync replicas, partitions move and are elected anew, all at
 * random. Beside it a model knows who holds all that was committed: the leader must be one of them, or say that it recovers.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { MemoryShardLog } from "../../../../tests/support/memory-shard-log.js";
import type { PartitionImage } from "../../../metadata/image/image.js";
import {
  controllerOn,
  LEADER_CHECK_MS,
  SESSION_TIMEOUT_MS,
  type TestController,
  uuidOf,
} from "../controller.test-support.js";
import { isActive } from "../state.js";
import { directoryIds } from "./directory-ids.js";

const brokers = [1, 2, 3, 4];
const id = fc.constantFrom(...brokers);
const ids = fc.uniqueArray(id, { minLength: 1, maxLength: 3 });
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("beat" as const), id }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("propose" as const), isr: ids }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("commit" as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("restart" as const), id, isClean: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("fence" as const), id }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("leave" as const), id }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("time" as const), ms: fc.nat(2 * SESSION_TIMEOUT_MS) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("check" as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("move" as const), to: fc.option(ids) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("elect" as const), type: fc.constantFrom(0, 1) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("min" as const), min: fc.constantFrom("1", "2", "3") }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("unclean" as const), isAllowed: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("folder" as const), id }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

const absent: PartitionImage = {
  ...{ replicas: [], isr: [], addingReplicas: [], removingReplicas: [], eligibleLeaderReplicas: [], lastKnownElr: [] },
  ...{ directories: [], leader: -1, leaderEpoch: -1, partitionEpoch: -1, leaderRecoveryState: 0 },
};

class Model {
  readonly controller: TestController;
  /** The replicas with all that was committed. */
  #complete = new Set(brokers);
  #minInSync = 2;
  #before = absent;
  #runs = 0;

  constructor(controller: TestController) {
    this.controller = controller;
  }

  async take(one: Step): Promise<void> {
    const { controller } = this;
    switch (one.kind) {
      case "beat":
        await controller.heartbeat(one.id);
        return;
      case "propose":
        await this.#propose(one.isr);
        return;
      case "commit":
        this.#commit();
        return;
      case "restart":
        await this.#restart(one.id, one.isClean);
        return;
      case "fence":
        await controller.heartbeat(one.id, { wantFence: true });
        return;
      case "leave":
        await controller.heartbeat(one.id, { wantShutDown: true });
        return;
      case "time":
        await controller.pass(one.ms);
        return;
      case "check":
        await this.#pass(LEADER_CHECK_MS, null);
        return;
      case "move":
        await this.#move(one.to);
        return;
      case "elect":
        await controller.call("electLeaders", {
          ...{ electionType: one.type, timeoutMs: 0, topicPartitions: [{ topic: "t", partitions: [0] }] },
        });
        return;
      case "min":
        await this.#configure("min.insync.replicas", one.min);
        this.#minInSync = Number(one.min);
        return;
      case "unclean":
        await this.#configure("unclean.leader.election.enable", String(one.isAllowed));
        return;
      case "folder":
        await controller.heartbeat(one.id, { offlineLogDirs: [uuidOf(one.id, 1)] });
    }
  }

  /** Time passes, and whoever serves says that it lives, all but one. */
  async #pass(ms: number, silent: number | null): Promise<void> {
    const { controller } = this;
    for (let passed = 0; passed <= ms; passed += SESSION_TIMEOUT_MS - 1) {
      await controller.pass(SESSION_TIMEOUT_MS - 1);
      for (const one of brokers) {
        if (one !== silent && isActive(controller.image.brokers.get(one))) await controller.heartbeat(one);
      }
    }
  }

  async #propose(isr: readonly number[]): Promise<void> {
    const { leader } = this.#partition;
    if (leader === -1) return;
    const { error } = await this.controller.propose(leader, "t", [...new Set([leader, ...isr])]);
    // Only a leader that is in sync with itself takes others in.
    if (error === "NONE" || error === "NEW_LEADER_ELECTED")
      for (const one of this.#partition.isr) this.#complete.add(one);
  }

  /** A leader commits what all in sync have, and nothing while too few are. */
  #commit(): void {
    const { leader, isr, replicas } = this.#partition;
    if (leader !== -1 && isr.length >= Math.min(this.#minInSync, replicas.length)) this.#complete = new Set(isr);
  }

  async #restart(brokerId: number, isClean: boolean): Promise<void> {
    const { controller } = this;
    await this.#pass(SESSION_TIMEOUT_MS, brokerId);
    const previousBrokerEpoch = isClean ? (controller.epochs.get(brokerId) ?? -1) : -1;
    const incarnationId = uuidOf(brokerId, 100 + this.#runs++);
    const given = { incarnationId, previousBrokerEpoch, logDirs: [uuidOf(brokerId, 1), uuidOf(brokerId, 2)] };
    await controller.register(brokerId, given);
    if (!isClean) this.#complete.delete(brokerId);
  }

  async #move(replicas: readonly number[] | null): Promise<void> {
    await this.controller.call("alterPartitionReassignments", {
      ...{ timeoutMs: 0, allowReplicationFactorChange: true },
      topics: [{ name: "t", partitions: [{ partitionIndex: 0, replicas }] }],
    });
  }

  async #configure(name: string, value: string): Promise<void> {
    const resources = [{ resourceType: 2, resourceName: "t", configs: [{ name, configOperation: 0, value }] }];
    await this.controller.call("incrementalAlterConfigs", { resources, validateOnly: false });
  }

  get #partition(): PartitionImage {
    return this.controller.partition("t") ?? absent;
  }

  check(): void {
    const now = this.#partition;
    const { leader, isr, replicas, leaderEpoch, partitionEpoch, eligibleLeaderReplicas: eligible } = now;
    const { image } = this.controller;
    expect(isr.every((one) => replicas.includes(one))).toBe(true);
    expect(eligible.every((one) => replicas.includes(one) && !isr.includes(one))).toBe(true);
    expect(leaderEpoch >= this.#before.leaderEpoch && partitionEpoch >= this.#before.partitionEpoch).toBe(true);
    if (leaderEpoch === this.#before.leaderEpoch) expect(leader).toBe(this.#before.leader);
    if (partitionEpoch === this.#before.partitionEpoch) expect(now).toEqual(this.#before);
    const mayLead = (one: number) => {
      const folder = now.directories[replicas.indexOf(one)] ?? "";
      const works = folder === directoryIds.UNASSIGNED || image.brokers.get(one)?.logDirs.includes(folder) === true;
      return works && isActive(image.brokers.get(one));
    };
    if (leader === -1) expect((isr.length > 0 ? isr : eligible).some(mayLead)).toBe(false);
    else expect(isr.includes(leader) && mayLead(leader)).toBe(true);
    // Who is no replica any more deletes what it had.
    for (const one of brokers) if (!replicas.includes(one)) this.#complete.delete(one);
    if (leader !== -1 && !this.#complete.has(leader)) {
      expect(now.leaderRecoveryState).toBe(1);
      this.#complete = new Set([leader]);
    }
    this.#before = now;
  }
}

test("whatever happens: a leader has all that was committed or says that it recovers, and nobody waits who could lead", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60, size: "max" }), async (steps) => {
      const controller = await controllerOn();
      await controller.serve(...brokers);
      await controller.place("t", [1, 2, 3], { "min.insync.replicas": "2" });
      for (const one of brokers) await controller.register(one, { logDirs: [uuidOf(one, 1), uuidOf(one, 2)] });
      const model = new Model(controller);
      for (const one of steps) {
        await model.take(one);
        model.check();
      }
      expect(controller.bugs).toEqual([]);
      const restarted = await controllerOn(new MemoryShardLog(2, controller.log.batches));
      expect(restarted.partition("t")).toEqual(controller.partition("t"));
      expect(restarted.image.brokers).toEqual(controller.image.brokers);
    }),
    { seed: 1, numRuns: 300 },
  );
});
