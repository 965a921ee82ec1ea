/** What befalls the disk of one broker. */
import { setTimeout as sleep } from "node:timers/promises";
import { allGoesOn } from "./broker-faults.js";
import type { Fault } from "./fault.js";

const VICTIM = 2;
const FULL_MS = 15_000;
const MORE_BATCHES = 20;

export const diskFull: Fault = {
  name: "the disk of one broker is full for a while",
  cluster: { smallDiskOf: VICTIM, properties: { "log.segment.bytes": "1048576", "replica.lag.time.max.ms": "5000" } },
  withoutAcknowledgementMsMax: 40_000,
  strike: async ({ disk }, workload) => {
    disk?.fill();
    await sleep(FULL_MS);
    await workload.more(MORE_BATCHES);
    disk?.makeRoom();
    await allGoesOn(workload);
  },
};
