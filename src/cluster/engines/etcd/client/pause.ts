import type { Clock } from "../../../../lib/environment.js";

/** Settles after so long, or with the signal. */
export function pause(wire: Clock, ms: number, until: AbortSignal): Promise<void> {
  if (until.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const settle = () => {
      timer.cancel();
      until.removeEventListener("abort", settle);
      resolve();
    };
    const timer = wire.at(wire.monotonicMs() + ms, settle);
    until.addEventListener("abort", settle);
  });
}
