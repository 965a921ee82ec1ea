/** How the commands `samsa cluster …` are called. What they do is loaded only when one of them is. */
import { type Command, InvalidArgumentError, Option } from "commander";

interface Common {
  readonly bootstrap: string;
}

/** What a link of 1 Gbit/s has over for moves. */
const THROTTLE_DEFAULT = 50 * 1024 * 1024;

export function declareCluster(program: Command): void {
  const cluster = program.command("cluster").description("look at a running cluster, and change which broker has what");
  const declare = (name: string, description: string) =>
    cluster
      .command(name)
      .description(description)
      .option("--bootstrap <addresses>", "host:port of any brokers, parted by commas", "127.0.0.1:9092");
  const throttle = "most bytes a second that each broker sends and takes for moves; 0: no limit";

  declare("status", "brokers, leaders, replicas and bytes; exit code 1 where something is wrong")
    .option("--json", "print one JSON object", false)
    .action(async (options: Common & { json: boolean }) => {
      const { runStatus } = await import("./cluster-command.js");
      process.exitCode = await runStatus(options);
    });
  declare("rebalance", "even out replicas, leaders and bytes over the brokers")
    .option("--plan", "show what would move, and move nothing", false)
    .option("--throttle <bytes>", throttle, parseRate, THROTTLE_DEFAULT)
    .addOption(new Option("--cancel", "take back what moves, and the throttle").default(false).conflicts("plan"))
    .action(async (options: Common & { plan: boolean; throttle: number; cancel: boolean }) => {
      const { runRebalance } = await import("./cluster-command.js");
      process.exitCode = await runRebalance(options);
    });
  declare("remove", "move everything off a broker, and forget it once it has stopped")
    .argument("<id>", "the node.id of the broker", parseId)
    .option("--plan", "show what would move, and move nothing", false)
    .option("--throttle <bytes>", throttle, parseRate, THROTTLE_DEFAULT)
    .action(async (id: number, options: Common & { plan: boolean; throttle: number }) => {
      const { runRemove } = await import("./cluster-command.js");
      process.exitCode = await runRemove(id, options);
    });
}

function parseRate(text: string): number {
  if (/^[0-9]{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("A throttle is a whole number of bytes a second.");
}

function parseId(text: string): number {
  if (/^[0-9]{1,10}$/.test(text) && Number(text) <= 2_147_483_647) return Number(text);
  throw new InvalidArgumentError("A node id is a whole number.");
}
