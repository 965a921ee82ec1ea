/**
 * Three controllers, each a process, over three members of etcd; whichever leads is killed, or stopped for a while, among the
 * controllers and in etcd. In the end the log holds everything that any controller was told is committed, in the order of the epochs and without a gap.
 */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { whyNoEtcd } from "../../cluster/machines/etcd-members.js";
import { Child } from "../../support/child-process.js";
import { Follower, until } from "./engine-contract.js";
import { engineOver, newClusterName, type RunningEtcd, startEtcd } from "./etcd-world.js";

const missing = whyNoEtcd();
const FAULTS = ["kill etcd", "stop etcd", "kill controller", "stop controller"] as const;
const ROUNDS = 8;
/** Longer than a lease. */
const STOPPED_MS = 5_000;
const BETWEEN_MS = 500;
const RECOVERY_MS = 30_000;

interface Committed {
  readonly committed: number;
  readonly epoch: number;
  readonly by: number;
}

describe("controllers over etcd", () => {
  if (missing !== null) {
    test("etcd is here", () => {
      throw new Error(missing);
    });
    return;
  }

  let etcd: RunningEtcd;
  const clusterName = newClusterName();
  const committed: Committed[] = [];
  const controllers: Child[] = [];

  const start = (index: number): void => {
    const script = join(import.meta.dirname, "controller-process.ts");
    const args = ["--import", "tsx", script, etcd.members.endpoints, clusterName, String(index)];
    const child = new Child({ command: process.execPath, args });
    controllers[index] = child;
    const note = (line: string): undefined => {
      if (line.includes('"committed"')) committed.push(JSON.parse(line));
    };
    // It never picks one: so it ends with the process.
    void child.firstLine(note, 2 ** 31 - 1).catch(() => {});
  };
  /** Somebody was told of another batch. */
  const goesOn = () => {
    const before = committed.length;
    return until(() => committed.length > before, RECOVERY_MS);
  };
  const leader = () => etcd.members.leader() ?? 0;
  /** The controller by its index. */
  const faults: Record<(typeof FAULTS)[number], (index: number) => Promise<void>> = {
    "kill etcd": async () => {
      await etcd.members.kill(leader());
      await goesOn();
      etcd.members.startAll();
      await etcd.members.ready();
    },
    "stop etcd": async () => {
      const stopped = leader();
      etcd.members.pause(stopped);
      await goesOn();
      etcd.members.resume(stopped);
    },
    "kill controller": async (index) => {
      await controllers[index]?.kill();
      start(index);
    },
    "stop controller": async (index) => {
      controllers[index]?.signal("SIGSTOP");
      await sleep(STOPPED_MS);
      controllers[index]?.signal("SIGCONT");
    },
  };

  beforeAll(async () => {
    etcd = await startEtcd();
  }, 60_000);
  afterAll(async () => {
    for (const controller of controllers) await controller?.kill();
    await etcd.end();
  });

  test("lose nothing that was committed, whatever is killed or stopped", { timeout: 240_000 }, async () => {
    for (const index of [0, 1, 2]) start(index);
    await goesOn();
    for (let round = 0; round < ROUNDS; round++) {
      const fault = FAULTS[round % FAULTS.length] ?? "kill etcd";
      await faults[fault](committed.at(-1)?.by ?? 0);
      await goesOn();
      await sleep(BETWEEN_MS);
    }
    for (const controller of controllers) await controller.kill();
    const engine = engineOver(etcd.endpoints, clusterName);
    const { committedOffset } = await engine.open();
    const follower = new Follower(engine);
    await follower.reaches(committedOffset);
    await follower.stop();
    await engine.close();
    const epochs = new Map(follower.seen.map(({ from, epoch }) => [from, epoch]));
    expect(committed.length).toBeGreaterThan(100);
    for (const { committed: offset, epoch } of committed) expect([offset, epochs.get(offset)]).toEqual([offset, epoch]);
    const order = follower.seen.map(({ epoch }) => epoch);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(new Set(order).size).toBeGreaterThan(1);
  });
});
