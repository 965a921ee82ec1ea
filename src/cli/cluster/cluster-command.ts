/** The commands `samsa cluster …` on the real network and the real terminal. They are loaded only when they are called. */
import { nodeEnvironment } from "../../environments/node/node-environment.js";
import { type ExitCode, exitCodes } from "../exit-codes.js";
import type { Output } from "../output.js";
import { ProcessOutput } from "../process-output.js";
import { parseAddresses } from "./asking/addresses.js";
import { Admin, CommandFailure } from "./asking/admin.js";
import type { Carrying } from "./carry-out.js";
import { type RebalanceOptions, rebalance } from "./rebalance.js";
import { type RemoveOptions, removeBroker } from "./remove.js";
import { type StatusOptions, showStatus } from "./status.js";

interface Reachable {
  /** `host:port`, parted by commas. */
  readonly bootstrap: string;
}

export function runStatus(options: StatusOptions & Reachable): Promise<ExitCode> {
  return run(options, ({ admin, output }) => showStatus(admin, options, output));
}

export function runRebalance(options: RebalanceOptions & Reachable): Promise<ExitCode> {
  return run(options, (carrying) => rebalance(carrying, options));
}

export function runRemove(id: number, options: RemoveOptions & Reachable): Promise<ExitCode> {
  return run(options, (carrying) => removeBroker(carrying, id, options));
}

async function run({ bootstrap }: Reachable, command: (carrying: Carrying) => Promise<ExitCode>): Promise<ExitCode> {
  const output = new TerminalOutput();
  const addresses = parseAddresses(bootstrap);
  if (addresses === null) {
    output.complain(`--bootstrap takes host:port, or several parted by commas, and not ${bootstrap}.`);
    return exitCodes.usage;
  }
  const environment = nodeEnvironment();
  const admin = new Admin(environment, addresses);
  try {
    return await command({ admin, wire: environment.wire, output, interruption });
  } catch (failure) {
    if (!(failure instanceof CommandFailure)) throw failure;
    output.complain(failure.message);
    return exitCodes.failure;
  } finally {
    admin.close();
    await output.flush();
  }
}

/** What takes minutes tells as it goes. */
class TerminalOutput implements Output {
  readonly #output = new ProcessOutput();

  async print(line: string): Promise<void> {
    await this.#output.print(line);
    await this.#output.flush();
  }

  complain(sentence: string): void {
    this.#output.complain(sentence);
  }

  flush(): Promise<void> {
    return this.#output.flush();
  }
}

/** From now on the first Ctrl-C asks the command to end, and the second ends it. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  process.once("SIGINT", () => controller.abort());
  process.once("SIGTERM", () => controller.abort());
  return controller.signal;
}
