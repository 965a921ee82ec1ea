/**
 * Three brokers and three members of etcd, each a process of its own, suffer under load. `npm run torture:cluster` knows
 * more faults, and repeats them.
 */
import { describe, expect, test } from "vitest";
import { whyNoSmallDisk } from "../../disk-full/small-disk.js";
import { whyNoEtcd } from "../machines/etcd-members.js";
import { whyNoHosts } from "../machines/hosts.js";
import * as broker from "./broker-faults.js";
import { diskFull } from "./disk-faults.js";
import * as etcd from "./etcd-faults.js";
import { type Fault, runFault } from "./fault.js";
import * as network from "./network-faults.js";

const FAULT_MS_MAX = 300_000;

/** `whyNot`: why this machine cannot do it, or null. The longest come first. */
function testFaults(whyNot: string | null, ...faults: readonly Fault[]): void {
  const why = whyNoEtcd() ?? whyNot;
  const what = `nothing is lost, repeated or shown too early${why === null ? "" : ` (skipped: ${why})`}`;
  describe.skipIf(why !== null).concurrent(what, () => {
    test.each(faults.map((fault) => [fault.name, fault] as const))(
      "when %s",
      async (_, fault) => {
        const { verdict, summary, withoutAcknowledgementMs } = await runFault(fault);
        console.log(summary);
        expect(verdict.findings).toEqual([]);
        expect(verdict.acknowledged).toBeGreaterThan(0);
        expect(withoutAcknowledgementMs).toBeLessThan(fault.withoutAcknowledgementMsMax);
      },
      FAULT_MS_MAX,
    );
  });
}

testFaults(null, etcd.etcdAway, etcd.leaderKilledAfterEtcdCameBack, etcd.etcdLeaderKilled);
testFaults(whyNoSmallDisk(), diskFull);
testFaults(
  null,
  broker.rollingRestart,
  broker.leaderPausedForLong,
  broker.controllerPausedForLong,
  broker.leaderKilled,
  broker.controllerKilled,
  broker.allKilled,
  broker.leaderPausedShortly,
);
testFaults(
  whyNoHosts(),
  network.sendingIsLost,
  network.receivingIsLost,
  network.hostCutOff,
  network.controllerCutOff,
  network.controllerCutFromPeers,
  network.peersCutOff,
);
