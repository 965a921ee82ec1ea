/** Faults as one line that a person can read, change, and give to `npm run simulate`: `12000 kill 2 800, 13500 mute 0 90`. */
import { type Fault, kinds } from "./schedule.js";

const NONE = "none";

/** Of each fault: when it comes, what it is, whom it befalls, and for how many milliseconds. */
export function textOfFaults(faults: readonly Fault[]): string {
  return faults.map(({ atMs, kind, broker, forMs }) => `${atMs} ${kind} ${broker} ${forMs}`).join(", ") || NONE;
}

/** Throws where the text is none of `textOfFaults`. */
export function faultsFromText(text: string): readonly Fault[] {
  return text.trim() === NONE ? [] : text.split(",").map((one) => faultFromText(one.trim()));
}

function faultFromText(text: string): Fault {
  const [, atMs, name, broker, forMs] = /^(\d+) ([a-z -]+) (\d+) (\d+)$/.exec(text) ?? [];
  const kind = kinds.find((one) => one === name);
  if (kind === undefined) throw new Error(`This is no fault, such as "12000 kill 2 800": ${text}`);
  return { atMs: Number(atMs), kind, broker: Number(broker), forMs: Number(forMs) };
}
