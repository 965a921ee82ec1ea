/** What befalls the processes of brokers. */
import { setTimeout as sleep } from "node:timers/promises";
import type { RealCluster } from "../machines/real-cluster.js";
import type { Progress } from "../workload/protocol.js";
import type { Workload } from "../workload/workload.js";
import type { Fault } from "./fault.js";

/** After the default `broker.session.timeout.ms` of 9 s a silent broker is given up. */
const LONGER_THAN_THE_SESSION_MS = 13_000;
const SHORTER_THAN_THE_SESSION_MS = 4_000;
/** The promise is 10 s; the rest is for busy machines. */
const SESSION_AND_ELECTION_MS_MAX = 20_000;
const MORE_BATCHES = 30;

export const leaderKilled: Fault = {
  name: "a leader is killed (kill -9)",
  withoutAcknowledgementMsMax: SESSION_AND_ELECTION_MS_MAX,
  strike: async (cluster, workload) => killAndReturn(cluster, workload, leaderIn(await workload.progress())),
};

export const controllerKilled: Fault = {
  name: "the broker that is the controller is killed (kill -9)",
  withoutAcknowledgementMsMax: SESSION_AND_ELECTION_MS_MAX,
  strike: async (cluster, workload) => killAndReturn(cluster, workload, (await workload.progress()).controllerId),
};

export const leaderPausedForLong: Fault = {
  name: "a leader stands still (SIGSTOP) for longer than its session",
  withoutAcknowledgementMsMax: SESSION_AND_ELECTION_MS_MAX,
  strike: async (cluster, workload) => {
    await pause(cluster, workload, leaderIn(await workload.progress()), LONGER_THAN_THE_SESSION_MS);
  },
};

export const controllerPausedForLong: Fault = {
  name: "the broker that is the controller stands still (SIGSTOP) for longer than its session",
  withoutAcknowledgementMsMax: SESSION_AND_ELECTION_MS_MAX,
  strike: async (cluster, workload) => {
    await pause(cluster, workload, (await workload.progress()).controllerId, LONGER_THAN_THE_SESSION_MS);
  },
};

export const leaderPausedShortly: Fault = {
  name: "a leader stands still (SIGSTOP) for less than its session",
  withoutAcknowledgementMsMax: SESSION_AND_ELECTION_MS_MAX,
  strike: async (cluster, workload) => {
    await pause(cluster, workload, leaderIn(await workload.progress()), SHORTER_THAN_THE_SESSION_MS);
  },
};

export const rollingRestart: Fault = {
  name: "all brokers are restarted, one after the other",
  withoutAcknowledgementMsMax: SESSION_AND_ELECTION_MS_MAX,
  strike: async (cluster, workload) => {
    for (const broker of cluster.brokers) {
      const code = await broker.stop();
      if (code !== 0) throw new Error(`broker ${broker.nodeId} ended with ${code}:\n${broker.output.slice(-2000)}`);
      await workload.more(MORE_BATCHES);
      await broker.start();
      await workload.untilWhole();
    }
    await workload.more(MORE_BATCHES);
  },
};

export const allKilled: Fault = {
  name: "all brokers are killed at once (kill -9)",
  withoutAcknowledgementMsMax: 2 * SESSION_AND_ELECTION_MS_MAX,
  strike: async (cluster, workload) => {
    await Promise.all(cluster.brokers.map((broker) => broker.kill()));
    await Promise.all(cluster.brokers.map((broker) => broker.start()));
    await allGoesOn(workload);
  },
};

export const killedInTurn: Fault = {
  name: "brokers are killed (kill -9) one after the other, before the last one is in sync again",
  withoutAcknowledgementMsMax: 2 * SESSION_AND_ELECTION_MS_MAX,
  strike: async (cluster, workload) => {
    for (const broker of cluster.brokers) {
      await broker.kill();
      await sleep(SHORTER_THAN_THE_SESSION_MS);
      await broker.start();
    }
    await allGoesOn(workload);
  },
};

/** A broker that leads a partition, and is not the controller. */
export function leaderIn({ leaders, controllerId }: Progress): number {
  const leader = leaders.find((id) => id !== controllerId);
  if (leader === undefined) throw new Error("the controller leads every partition");
  return leader;
}

/** Until all partitions have other leaders, and go on. */
export async function othersTakeOver(workload: Workload, nodeId: number): Promise<void> {
  await workload.until(({ leaders }) => leaders.every((leader) => leader !== nodeId && leader >= 0));
  await workload.more(MORE_BATCHES);
}

export async function allGoesOn(workload: Workload): Promise<void> {
  await workload.untilWhole();
  await workload.more(MORE_BATCHES);
}

async function killAndReturn(cluster: RealCluster, workload: Workload, nodeId: number): Promise<void> {
  const broker = cluster.broker(nodeId);
  await broker.kill();
  await othersTakeOver(workload, nodeId);
  await broker.start();
  await allGoesOn(workload);
}

async function pause(cluster: RealCluster, workload: Workload, nodeId: number, ms: number): Promise<void> {
  const broker = cluster.broker(nodeId);
  broker.pause();
  await sleep(ms);
  broker.resume();
  await allGoesOn(workload);
}
