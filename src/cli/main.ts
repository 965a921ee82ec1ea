/** The command `samsa`: reads the command line and hands over to one of its three commands. */
import { Command, InvalidArgumentError } from "commander";
import packageJson from "../../package.json" with { type: "json" };
import { describeProperties } from "./describe-properties.js";
import { exitCodes } from "./exit-codes.js";
import { type StartOptions, start } from "./start.js";

const program = new Command("samsa")
  .description(packageJson.description)
  .showHelpAfterError("Run `samsa --help` for the commands and options.")
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : exitCodes.usage));

program
  .command("start")
  .description("start a broker")
  .option("--config <file>", "a server.properties file")
  .option("--data <folder>", "where the data is kept (default: ./samsa-data)")
  .option("--port <number>", "listen on this port; 0 picks a free one (default: 9092)", parsePort)
  .option("--listen <listeners>", "listeners in Kafka's form, such as PLAINTEXT://0.0.0.0:9092")
  .option("--ephemeral", "keep all data in memory, and forget it at the end", false)
  .option("--set <key=value>", "set any property; may be repeated", collect, [])
  .option("--json", "print the ready event as JSON", false)
  .action(async (options: StartOptions) => {
    process.exitCode = await start(options);
  });

program
  .command("config")
  .description("show the properties with type, default and meaning")
  .argument("[name]", "one property, or the beginning of several names")
  .action((name: string | undefined) => {
    process.exitCode = describeProperties(name, (line) => console.log(line));
  });

program
  .command("version")
  .description("show the version")
  .action(() => console.log(`samsa ${packageJson.version}`));

// A reader that goes away (`samsa config | head`) is no reason for a stack trace.
process.stdout.on("error", () => process.exit(exitCodes.ok));
process.stderr.on("error", () => {});

await program.parseAsync();

function parsePort(text: string): number {
  const port = Number(text);
  if (/^[0-9]{1,5}$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError("A port is a whole number from 0 to 65535.");
}

function collect(value: string, earlier: readonly string[]): string[] {
  return [...earlier, value];
}
