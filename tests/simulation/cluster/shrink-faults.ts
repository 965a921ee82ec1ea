/** Makes the faults of a failing seed fewer and shorter, as long as the seed still fails in the same way. */
import { shrink } from "../../differential/shrink.js";
import type { Fault } from "./schedule.js";

/** No fault is made shorter than this. */
const FAULT_MS_MIN = 100;

type FailsWith = (faults: readonly Fault[]) => Promise<boolean>;

/** No single fault of the result can be left out, and none can be half as long. */
export async function shrinkFaults(faults: readonly Fault[], stillFails: FailsWith): Promise<readonly Fault[]> {
  if (await stillFails([])) return [];
  const fewer = await shrink(faults, stillFails);
  const shorter = await shortened(fewer, stillFails);
  // What lasts no longer may not be needed any more.
  return shorter === fewer ? fewer : shrink(shorter, stillFails);
}

async function shortened(faults: readonly Fault[], stillFails: FailsWith): Promise<readonly Fault[]> {
  let kept = faults;
  for (let at = 0; at < faults.length; at++) {
    for (let next = halved(kept, at); next !== null && (await stillFails(next)); next = halved(kept, at)) kept = next;
  }
  return kept;
}

/** The same with one of them half as long; null: it is short already. */
function halved(faults: readonly Fault[], at: number): readonly Fault[] | null {
  const fault = faults[at];
  if (fault === undefined || fault.forMs <= FAULT_MS_MIN) return null;
  return faults.with(at, { ...fault, forMs: Math.max(FAULT_MS_MIN, Math.floor(fault.forMs / 2)) });
}
