/** A broker that lives as long as the tests of one file. */
import { afterAll, beforeAll } from "vitest";
import { chosenTarget, startTarget } from "./start-target.js";
import type { TargetBroker, TargetOptions } from "./target-broker.js";

const START_MS_MAX = 90_000;

/** The chosen target, started before the tests of the file and ended after them. Call the result inside a test. */
export function targetForThisFile(options: TargetOptions = {}): () => TargetBroker {
  let broker: TargetBroker | undefined;
  beforeAll(async () => {
    broker = await startTarget(chosenTarget(), options);
  }, START_MS_MAX);
  afterAll(async () => {
    await broker?.dispose();
  }, START_MS_MAX);
  return () => {
    if (broker === undefined) throw new Error("the broker is started before the tests of this file");
    return broker;
  };
}
