/** `samsa start`: from options to a running broker, and to its end. */
import { readFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { StartFailure } from "../broker/start-failure.js";
import type { BrokerConfig } from "../config/broker-config.js";
import { type LoadedConfig, loadConfig } from "../config/load.js";
import { memoryEnvironment } from "../environments/memory/memory-environment.js";
import { nodeEnvironment } from "../environments/node/node-environment.js";
import { surroundings } from "../environments/node/surroundings.js";
import { createLogger, type Logger } from "../observability/logger.js";
import { prettyLines } from "../observability/pretty-lines.js";
import { startBroker } from "../server/start-broker.js";
import { type ExitCode, exitCodes } from "./exit-codes.js";
import { type Ready, readyJson, readyLine } from "./ready.js";

export interface StartOptions {
  readonly config?: string;
  readonly data?: string;
  readonly port?: number;
  readonly listen?: string;
  readonly ephemeral: boolean;
  readonly set: readonly string[];
  readonly json: boolean;
}

type RunningBroker = Awaited<ReturnType<typeof startBroker>>;

/** A clean stop may take so long; then the process ends all the same. The data survives that as it survives a crash. */
const STOP_MS_MAX = 5_000;

/** Returns when the broker has stopped, or could not start. */
export async function start(options: StartOptions): Promise<ExitCode> {
  const loaded = load(options);
  if ("errors" in loaded) {
    for (const error of loaded.errors) complain(error);
    return exitCodes.usage;
  }
  const { config, warnings } = loaded;
  const logger = createLogger({ write: await logLines(), nowMs: Date.now, level: config.samsa.samsaLogLevel });
  for (const warning of warnings) logger.warn(warning);
  const signal = firstSignal();
  const broker = await startOrExplain(config, options, logger);
  if (broker === null) return exitCodes.failure;
  print(readyOf(broker, config, options), options);
  logger.info(`stopping on ${await signal}`);
  return await stop(broker, logger);
}

function load(options: StartOptions): LoadedConfig {
  const { config: file, port, listen, data } = options;
  try {
    return loadConfig({
      file: file === undefined ? undefined : { path: file, text: readFileSync(file, "utf8") },
      env: process.env,
      sets: options.set,
      flags: { port, listen, data },
    });
  } catch (error) {
    if (!(error instanceof Error && "syscall" in error)) throw error;
    return { errors: [`The file ${file} cannot be read: ${error.message}`] };
  }
}

/** JSON lines; coloured ones for a person at a terminal. */
async function logLines(): Promise<(line: string) => void> {
  const write = (line: string) => void process.stderr.write(line);
  if (!process.stderr.isTTY) return write;
  return prettyLines(write, process.env.NO_COLOR === undefined);
}

async function startOrExplain(
  config: BrokerConfig,
  options: StartOptions,
  logger: Logger,
): Promise<RunningBroker | null> {
  const environment = options.ephemeral ? memoryEnvironment() : nodeEnvironment();
  try {
    return await startBroker({ config, environment, logger, surroundings: surroundings() });
  } catch (error) {
    if (!(error instanceof StartFailure)) throw error;
    complain(error.message);
    return null;
  }
}

function readyOf(broker: RunningBroker, config: BrokerConfig, options: StartOptions): Ready {
  return {
    listeners: broker.listeners,
    clusterId: broker.clusterId,
    nodeId: broker.nodeId,
    dataFolder: options.ephemeral ? null : path.resolve(config.dataFolders[0] ?? "."),
    startupMs: Math.round(performance.now()),
  };
}

function print(ready: Ready, options: StartOptions): void {
  process.stdout.write(`${options.json ? readyJson(ready) : readyLine(ready)}\n`);
}

/** The first SIGTERM or Ctrl-C resolves; the second ends the process at once. */
function firstSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let isFirst = true;
    const on = (signal: NodeJS.Signals) => {
      if (!isFirst) process.exit(128 + os.constants.signals[signal]);
      isFirst = false;
      resolve(signal);
    };
    process.on("SIGINT", on);
    process.on("SIGTERM", on);
  });
}

async function stop(broker: RunningBroker, logger: Logger): Promise<ExitCode> {
  // Unreferenced: it does not hold a clean end up, but it also ends a process that something else keeps alive.
  setTimeout(() => {
    logger.error(`the broker did not stop within ${STOP_MS_MAX} ms`);
    process.exit(exitCodes.failure);
  }, STOP_MS_MAX).unref();
  await broker.stop();
  return exitCodes.ok;
}

function complain(sentence: string): void {
  process.stderr.write(`samsa: ${sentence}\n`);
}
