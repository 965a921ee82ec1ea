/** What a piece of work took: on the clock, of the broker's processor time, and of the load's own. */
import type { Broker } from "./broker.js";

export interface Measured {
  readonly seconds: number;
  readonly brokerCpuSeconds: number;
  readonly loadCpuSeconds: number;
}

const MICROSECONDS_PER_SECOND = 1_000_000;

export async function measured(broker: Broker, work: () => Promise<unknown>): Promise<Measured> {
  const [startedMs, brokerBefore, loadBefore] = [performance.now(), broker.cpuSeconds(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(loadBefore);
  return {
    seconds: (performance.now() - startedMs) / 1000,
    brokerCpuSeconds: broker.cpuSeconds() - brokerBefore,
    loadCpuSeconds: (user + system) / MICROSECONDS_PER_SECOND,
  };
}
