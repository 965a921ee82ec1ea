/** The command `samsa`: reads the command line and hands over to one of its commands. */
import { Command, Help, InvalidArgumentError, type Option } from "commander";
import packageJson from "../../package.json" with { type: "json" };
import { declareCluster } from "./cluster/declaration.js";
import { declareCompat } from "./compat.js";
import { describeProperties } from "./describe-properties.js";
import { exitCodes } from "./exit-codes.js";
import { ProcessOutput } from "./process-output.js";
import { type StartOptions, start } from "./start.js";
import { wordUsageErrors } from "./usage-errors.js";

/** More than that in one process are of no use to anybody. */
const BROKERS_MAX = 16;

const versionLine = `samsa ${packageJson.version}`;

const program = new Command("samsa")
  .description(packageJson.description)
  .version(versionLine, "-v, --version", "show the version")
  .configureHelp({ optionDescription })
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : exitCodes.usage));

program
  .command("start")
  .description("start a broker")
  .option("--config <file>", "a server.properties file")
  .option("--data <folder>", "where the data is kept (default: ./samsa-data)")
  .option("--port <number>", "listen on this port; 0 picks a free one (default: 9092)", parsePort)
  .option("--listen <listeners>", "listeners in Kafka's form, such as PLAINTEXT://0.0.0.0:9092")
  .option(
    "--brokers <number>",
    "so many brokers in this process, on consecutive ports; topics get up to 3 replicas",
    parseBrokers,
  )
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
  .action(async (name = "") => {
    const output = new ProcessOutput();
    process.exitCode = await describeProperties(name, output);
    await output.flush();
  });

const log = program.command("log").description("look into the files of logs, without changing them");
log
  .command("dump")
  .description("print batches, records and index entries")
  .argument("<path>", "a file of a log, the folder of a partition, or a data folder")
  .option("--records", "print the records of each batch too", false)
  .option("--json", "print one JSON object per line", false)
  .action(async (path: string, options: { json: boolean; records: boolean }) => {
    const { runDump } = await import("./log/log-command.js");
    process.exitCode = await runDump(path, options);
  });
log
  .command("verify")
  .description("check batches, indexes, epochs and snapshots; exit code 1 on damage")
  .argument("<folder>", "the folder of a partition, or a data folder")
  .action(async (folder: string) => {
    const { runVerify } = await import("./log/log-command.js");
    process.exitCode = await runVerify(folder);
  });

declareCluster(program);
declareCompat(program);

program
  .command("version")
  .description("show the version")
  .action(() => console.log(versionLine));

wordUsageErrors(program);

// A reader that goes away (`samsa config | head`) is no reason for a stack trace.
process.stdout.on("error", () => process.exit(exitCodes.ok));
process.stderr.on("error", () => {});

void program.parseAsync();

/** That a flag is off, and a list empty, where it is not given, goes without saying. */
function optionDescription(option: Option): string {
  const isObvious = option.isBoolean() || Array.isArray(option.defaultValue);
  return isObvious ? option.description : new Help().optionDescription(option);
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^[0-9]{1,5}$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError("A port is a whole number from 0 to 65535.");
}

function parseBrokers(text: string): number {
  const brokers = Number(text);
  if (/^[0-9]{1,2}$/.test(text) && brokers >= 1 && brokers <= BROKERS_MAX) return brokers;
  throw new InvalidArgumentError(`A number of brokers is a whole number from 1 to ${BROKERS_MAX}.`);
}

function collect(value: string, earlier: readonly string[]): string[] {
  return [...earlier, value];
}
