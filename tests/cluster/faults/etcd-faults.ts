/** What befalls the members of etcd. */
import { setTimeout as sleep } from "node:timers/promises";
import { allGoesOn, leaderIn, othersTakeOver } from "./broker-faults.js";
import type { Fault } from "./fault.js";

const AWAY_MS = 30_000;
const PAUSED_MS = 8_000;
/** Leaders stand, so that nobody waits for anything. */
const DATA_PATH_GOES_ON_MS_MAX = 5_000;
/** Then a broker is killed: its session, and an election. */
const SESSION_AND_ELECTION_MS_MAX = 20_000;
const MORE_BATCHES = 30;

export const etcdLeaderKilled: Fault = {
  name: "the leader of etcd is killed (kill -9)",
  withoutAcknowledgementMsMax: DATA_PATH_GOES_ON_MS_MAX,
  strike: async ({ etcd }, workload) => {
    const leader = etcd.leader();
    if (leader === null) throw new Error("etcd has no leader");
    await etcd.kill(leader);
    await workload.more(MORE_BATCHES);
    etcd.startAll();
    await etcd.ready();
    await allGoesOn(workload);
  },
};

export const etcdLeaderPaused: Fault = {
  name: "the leader of etcd stands still (SIGSTOP)",
  withoutAcknowledgementMsMax: DATA_PATH_GOES_ON_MS_MAX,
  strike: async ({ etcd }, workload) => {
    const leader = etcd.leader();
    if (leader === null) throw new Error("etcd has no leader");
    etcd.pause(leader);
    await sleep(PAUSED_MS);
    etcd.resume(leader);
    await allGoesOn(workload);
  },
};

export const etcdAway: Fault = {
  name: "all of etcd is away for 30 s",
  withoutAcknowledgementMsMax: DATA_PATH_GOES_ON_MS_MAX,
  strike: async ({ etcd }, workload) => {
    const before = await workload.progress();
    await etcd.killAll();
    await sleep(AWAY_MS);
    const after = await workload.progress();
    if (String(after.leaders) !== String(before.leaders)) throw new Error(`leaders moved to ${after.leaders}`);
    etcd.startAll();
    await etcd.ready();
    await allGoesOn(workload);
  },
};

export const leaderKilledAfterEtcdCameBack: Fault = {
  name: "a leader is killed (kill -9) after all of etcd was away",
  withoutAcknowledgementMsMax: SESSION_AND_ELECTION_MS_MAX,
  strike: async (cluster, workload) => {
    await cluster.etcd.killAll();
    await workload.more(MORE_BATCHES);
    cluster.etcd.startAll();
    await cluster.etcd.ready();
    const broker = cluster.broker(leaderIn(await workload.progress()));
    await broker.kill();
    await othersTakeOver(workload, broker.nodeId);
    await broker.start();
    await allGoesOn(workload);
  },
};
