/** What befalls the disk of one broker. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Workload } from "../workload/workload.js";
import { allGoesOn, othersTakeOver } from "./broker-faults.js";
import type { Fault } from "./fault.js";

const VICTIM = 2;
const FULL_MS = 5_000;
const MORE_BATCHES = 20;

/** Twice: once the broker goes on by itself when there is room, once it is killed while there is none. */
export const diskFull: Fault = {
  name: "the disk of one broker is full for a while",
  cluster: { smallDiskOf: VICTIM, properties: { "log.segment.bytes": "1048576" } },
  // Nobody waits until the broker lags for too long: that would take 30 s.
  withoutAcknowledgementMsMax: 15_000,
  strike: async (cluster, workload) => {
    const { leaders } = await workload.progress();
    if (!leaders.includes(VICTIM)) throw new Error(`broker ${VICTIM} leads nothing`);
    cluster.disk?.fill();
    await othersTakeOver(workload, VICTIM);
    await othersGoOn(workload);
    cluster.disk?.makeRoom();
    await allGoesOn(workload);

    cluster.disk?.fill();
    await othersGoOn(workload);
    await cluster.broker(VICTIM).kill();
    await workload.more(MORE_BATCHES);
    cluster.disk?.makeRoom();
    await cluster.broker(VICTIM).start();
    await allGoesOn(workload);
  },
};

/** Without the broker, which is in sync with nothing any more. */
async function othersGoOn(workload: Workload): Promise<void> {
  await workload.until(({ isr }) => isr.every((members) => !members.includes(VICTIM)));
  await sleep(FULL_MS);
  await workload.more(MORE_BATCHES);
}
