/** Starts either broker by its name. */
import { startApacheKafka } from "./apache-kafka.js";
import { startSamsa } from "./samsa.js";
import type { Target, TargetBroker, TargetOptions } from "./target-broker.js";

export const targets: readonly Target[] = ["samsa", "apache"];

export function startTarget(target: Target, options: TargetOptions = {}): Promise<TargetBroker> {
  return target === "samsa" ? startSamsa(options) : startApacheKafka(options);
}

/** The target that the environment variable TARGET names; Samsa when it names none. */
export function chosenTarget(): Target {
  return targetNamed(process.env.TARGET ?? "samsa");
}

export function targetNamed(name: string): Target {
  const target = targets.find((known) => known === name);
  if (target === undefined) throw new Error(`no target is called ${name}: it must be one of ${targets.join(", ")}`);
  return target;
}
