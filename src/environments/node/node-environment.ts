import type { Environment, Job } from "../../lib/environment.js";
import { NodeFiles } from "./node-files.js";
import { nodeNetwork } from "./node-network.js";
import { RealClock } from "./real-clock.js";
import { RealRandom } from "./real-random.js";
import { SlicedWork } from "./sliced-work.js";

/** The real world. Each call makes one of its own, so that brokers in one process share nothing. */
export function nodeEnvironment(): Environment {
  const work = new SlicedWork();
  return {
    clock: new RealClock(),
    wire: new RealClock(),
    random: new RealRandom(),
    files: new NodeFiles(),
    network: nodeNetwork,
    // Node runs these after it has handled every socket of the turn.
    endOfTurn: (run) => void setImmediate(run),
    offload: <I, O>(job: Job<I, O>, input: I) => work.run(job, input),
  };
}
