/** What befalls the cables between hosts: each broker is a host of its own, and so are etcd and the clients. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Hosts } from "../machines/hosts.js";
import type { HostName, RealCluster } from "../machines/real-cluster.js";
import type { Workload } from "../workload/workload.js";
import { allGoesOn, leaderIn, othersTakeOver } from "./broker-faults.js";
import type { Fault } from "./fault.js";

const SESSION_AND_ELECTION_MS_MAX = 25_000;
const CUT_MS = 15_000;
const withHosts = { withHosts: true } as const;

export const hostCutOff: Fault = {
  name: "the host of a leader is cut off",
  cluster: withHosts,
  withoutAcknowledgementMsMax: SESSION_AND_ELECTION_MS_MAX,
  strike: async (cluster, workload) => {
    const victim = leaderIn(await workload.progress());
    hostsOf(cluster).cutOff(hostOf(victim));
    await othersTakeOver(workload, victim);
    hostsOf(cluster).plugIn(hostOf(victim));
    await allGoesOn(workload);
  },
};

export const controllerCutOff: Fault = {
  name: "the host of the controller is cut off",
  cluster: withHosts,
  withoutAcknowledgementMsMax: SESSION_AND_ELECTION_MS_MAX,
  strike: async (cluster, workload) => {
    const victim = (await workload.progress()).controllerId;
    hostsOf(cluster).cutOff(hostOf(victim));
    await othersTakeOver(workload, victim);
    hostsOf(cluster).plugIn(hostOf(victim));
    await allGoesOn(workload);
  },
};

export const peersCutOff: Fault = {
  name: "a leader is cut off from the other brokers only",
  cluster: withHosts,
  withoutAcknowledgementMsMax: SESSION_AND_ELECTION_MS_MAX,
  strike: async (cluster, workload) => {
    const victim = leaderIn(await workload.progress());
    const cuts = othersThan(victim).flatMap((peer) => bothWays(hostOf(victim), peer));
    await cutUntilOthersTakeOver(cluster, workload, victim, cuts);
  },
};

export const sendingIsLost: Fault = {
  name: "what a leader sends to the other brokers is lost, what they send arrives",
  cluster: withHosts,
  withoutAcknowledgementMsMax: SESSION_AND_ELECTION_MS_MAX,
  strike: async (cluster, workload) => {
    const victim = leaderIn(await workload.progress());
    const cuts = othersThan(victim).map((peer): Cut => [hostOf(victim), peer]);
    await cutUntilOthersTakeOver(cluster, workload, victim, cuts);
  },
};

export const receivingIsLost: Fault = {
  name: "what the other brokers send to a leader is lost, what it sends arrives",
  cluster: withHosts,
  withoutAcknowledgementMsMax: SESSION_AND_ELECTION_MS_MAX,
  strike: async (cluster, workload) => {
    const victim = leaderIn(await workload.progress());
    const cuts = othersThan(victim).map((peer): Cut => [peer, hostOf(victim)]);
    await cutUntilOthersTakeOver(cluster, workload, victim, cuts);
  },
};

export const brokerCutFromEtcd: Fault = {
  name: "a leader is cut off from etcd only",
  cluster: withHosts,
  withoutAcknowledgementMsMax: SESSION_AND_ELECTION_MS_MAX,
  strike: async (cluster, workload) => {
    const cuts = bothWays(hostOf(leaderIn(await workload.progress())), "etcd");
    await cutForAWhile(cluster, workload, cuts);
  },
};

export const controllerCutFromEtcd: Fault = {
  name: "the controller is cut off from etcd only",
  cluster: withHosts,
  withoutAcknowledgementMsMax: SESSION_AND_ELECTION_MS_MAX,
  strike: async (cluster, workload) => {
    const cuts = bothWays(hostOf((await workload.progress()).controllerId), "etcd");
    await cutForAWhile(cluster, workload, cuts);
  },
};

/** It still has its lease in etcd: it has to notice by itself that it is no use to anybody. */
export const controllerCutFromPeers: Fault = {
  name: "the controller is cut off from the other brokers only",
  cluster: withHosts,
  withoutAcknowledgementMsMax: SESSION_AND_ELECTION_MS_MAX,
  strike: async (cluster, workload) => {
    const victim = (await workload.progress()).controllerId;
    const cuts = othersThan(victim).flatMap((peer) => bothWays(hostOf(victim), peer));
    await cutUntilOthersTakeOver(cluster, workload, victim, cuts);
  },
};

type Cut = readonly [from: HostName, to: HostName];

function bothWays(one: HostName, other: HostName): readonly Cut[] {
  return [
    [one, other],
    [other, one],
  ];
}

async function cutUntilOthersTakeOver(
  cluster: RealCluster,
  workload: Workload,
  victim: number,
  cuts: readonly Cut[],
): Promise<void> {
  const hosts = hostsOf(cluster);
  for (const [from, to] of cuts) hosts.lose(from, to);
  await othersTakeOver(workload, victim);
  for (const [from, to] of cuts) hosts.deliver(from, to);
  await allGoesOn(workload);
}

async function cutForAWhile(cluster: RealCluster, workload: Workload, cuts: readonly Cut[]): Promise<void> {
  const hosts = hostsOf(cluster);
  for (const [from, to] of cuts) hosts.lose(from, to);
  await sleep(CUT_MS);
  for (const [from, to] of cuts) hosts.deliver(from, to);
  await allGoesOn(workload);
}

function hostsOf({ hosts }: RealCluster): Hosts {
  if (hosts === null) throw new Error("this fault needs hosts");
  return hosts;
}

function hostOf(nodeId: number): HostName {
  switch (nodeId) {
    case 1:
      return "broker-1";
    case 2:
      return "broker-2";
    case 3:
      return "broker-3";
    default:
      throw new Error(`there is no broker ${nodeId}`);
  }
}

function othersThan(nodeId: number): readonly HostName[] {
  return [1, 2, 3].filter((other) => other !== nodeId).map(hostOf);
}
