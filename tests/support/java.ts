/** Java programs: those of Apache Kafka from the jars that `compat-tests/apache-kafka/install.sh` puts into the cache. */
import { existsSync, mkdirSync } from "node:fs";
import { inRepository } from "./repository.js";
import { type CommandOptions, type CommandResult, runCommand, runCommandToSuccess } from "./run-command.js";

export const apacheKafkaVersion = "4.3.1";

/** All jars of Apache Kafka, as a class path that `java` expands. */
export function apacheKafkaClassPath(): string {
  const lib = inRepository(".cache", `apache-kafka-${apacheKafkaVersion}`, "lib");
  if (!existsSync(lib)) throw new Error(`${lib} is missing: run npm run oracle:install`);
  return `${lib}/*`;
}

interface JavaPrograms {
  /** Of `compat-tests`. */
  readonly folder: string;
  /** The names of their main classes. */
  readonly names: readonly string[];
  readonly classPath: string;
}

/** Compiles our own programs against the jars of a class path. */
export async function compileJava(
  { folder, names, classPath }: JavaPrograms,
  into: string,
  options: readonly string[] = [],
): Promise<void> {
  const sources = names.map((name) => inRepository("compat-tests", folder, `${name}.java`));
  mkdirSync(into, { recursive: true });
  await runCommandToSuccess("javac", ["-nowarn", ...options, "-cp", classPath, "-d", into, ...sources]);
}

/** Logging through log4j to the console, at one level: brokers say `info`, tools only `warn`. */
export function loggingArgument(level: "info" | "warn"): string {
  return `-Dlog4j2.configurationFile=${inRepository("compat-tests", "apache-kafka", `log4j2-${level}.properties`)}`;
}

/** A short-lived program starts faster without the optimising compiler and with the simplest collector. */
const toolArguments = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx512m"];

/** Runs a main class to its end. */
export function runJava(
  mainClass: string,
  args: readonly string[],
  options: CommandOptions & { readonly classPath?: string } = {},
): Promise<CommandResult> {
  const { classPath, ...command } = options;
  return runCommand("java", [...toolArguments, loggingArgument("warn"), mainClass, ...args], {
    ...command,
    env: { ...command.env, CLASSPATH: classPath ?? apacheKafkaClassPath() },
  });
}
