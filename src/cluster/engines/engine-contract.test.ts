import { controllerContract } from "../../../tests/conformance/engines/controller-contract.js";
import { type EngineWorld, engineContract } from "../../../tests/conformance/engines/engine-contract.js";
import { engineSeat } from "../../../tests/simulation/cluster/engine-seat.js";
import { MemoryFiles } from "../../environments/memory/memory-files.js";
import { nodeEnvironment } from "../../environments/node/node-environment.js";
import { invariant } from "../../lib/invariant.js";
import type { MetadataEngine } from "../../metadata/engine.js";
import { LogDirectory } from "../../storage/folders/log-directory.js";
import { LocalEngine } from "./local/local-engine.js";

/** One engine for all brokers of the process; what it leaves in its folder is there for the next. */
class LocalWorld implements EngineWorld {
  readonly #files = new MemoryFiles(() => 0, 100_000_000);
  #directory = this.#open();
  #shared = this.#make();

  engine(): MetadataEngine {
    const shared = this.#shared;
    return sharing(shared);
  }

  async restart(): Promise<void> {
    await this.end();
    this.#directory = this.#open();
    this.#shared = this.#make();
  }

  async end(): Promise<void> {
    await this.#shared.close();
    this.#directory.release();
  }

  #open(): LogDirectory {
    const directory = LogDirectory.open(this.#files, "/data");
    invariant(directory instanceof LogDirectory, "the folder is free");
    return directory;
  }

  #make(): LocalEngine {
    const environment = { ...nodeEnvironment(), files: this.#files };
    return new LocalEngine({ environment, directory: this.#directory, nodeId: 1 });
  }
}

/** Who shares an engine opens it once for all, and closes it only at the end. */
function sharing(engine: LocalEngine): MetadataEngine {
  return {
    batchBytesMax: engine.batchBytesMax,
    open: (wanted) => engine.open(wanted),
    latestSnapshot: () => engine.latestSnapshot(),
    follow: (from, on, until) => engine.follow(from, on, until),
    watchLeader: (on, until) => engine.watchLeader(on, until),
    campaign: (me, until) => engine.campaign(me, until),
    close: async () => {},
  };
}

/** The same engine outside of all processes, as the simulated clusters have it. */
class SeatWorld extends LocalWorld {
  override engine(): MetadataEngine {
    const process = nodeEnvironment();
    const later = (afterMs: number, run: () => void) => void process.wire.at(process.wire.monotonicMs() + afterMs, run);
    return engineSeat({ engine: super.engine(), process, later, leaseMs: 100 });
  }
}

for (const contract of [engineContract, controllerContract]) {
  contract("local", async () => new LocalWorld());
  contract("simulated", async () => new SeatWorld());
}
