/** `samsa start`: from options to a running broker, and to its end. */
import { readFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { StartFailure } from "../broker/start-failure.js";
import type { BrokerConfig } from "../config/broker-config.js";
import { loadConfig } from "../config/load.js";
import { type LoadedClusterConfigs, loadClusterConfigs } from "../config/load-cluster.js";
import { fileError } from "../environments/file-failures.js";
import { memoryEnvironment } from "../environments/memory/memory-environment.js";
import { nodeEnvironment } from "../environments/node/node-environment.js";
import { surroundings } from "../environments/node/surroundings.js";
import type { Environment } from "../lib/environment.js";
import { createLogger, type Logger } from "../observability/logger.js";
import { prettyLines } from "../observability/pretty-lines.js";
import { startBroker } from "../server/start-broker.js";
import { startCluster } from "../server/start-cluster.js";
import { type ExitCode, exitCodes } from "./exit-codes.js";
import { propertiesText } from "./properties-text.js";
import { readyClusterJson, readyClusterLine, readyJson, readyLine } from "./ready.js";

export interface StartOptions {
  readonly config?: string;
  readonly data?: string;
  readonly port?: number;
  readonly listen?: string;
  /** Not given: one, without a folder of its own within the data folder. */
  readonly brokers?: number;
  readonly ephemeral: boolean;
  readonly set: readonly string[];
  readonly json: boolean;
}

/** What runs, one broker or several. */
interface Running {
  /** For people, or in JSON for programs. */
  readonly ready: string;
  stop(): Promise<void>;
}

type Loaded = { readonly config: BrokerConfig; readonly cluster: ClusterConfigs | null };
type ClusterConfigs = Exclude<LoadedClusterConfigs, { readonly errors: readonly string[] }>;
type LoadedOrNot = (Loaded & { readonly warnings: readonly string[] }) | { readonly errors: readonly string[] };

/**
 * A clean stop may take so long; then the process ends all the same, a little before containers are killed. The data
 * survives that as it survives a crash.
 */
const STOP_MS_MAX = 9_000;
/** A start that is told to stop serves nobody yet. */
const STOP_OF_START_MS_MAX = 1_000;

const forgetful =
  "--ephemeral is for a broker of its own: what a cluster keeps in etcd would outlive the data in memory";

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
  let hasStarted = false;
  void signal.then(() => endInTime(logger, () => hasStarted));
  const running = await startOrExplain(loaded, options, logger);
  if (running === null) return exitCodes.failure;
  hasStarted = true;
  process.stdout.write(`${running.ready}\n`);
  logger.info(`stopping on ${await signal}`);
  await running.stop();
  return exitCodes.ok;
}

function load(options: StartOptions): LoadedOrNot {
  const { config: file, port, listen, data, brokers } = options;
  try {
    const text = file === undefined ? "" : propertiesText(readFileSync(file));
    if (text === null) return { errors: [`--config: ${file} is no text in UTF-8: save it as that.`] };
    const sources = {
      file: file === undefined ? undefined : { path: file, text },
      env: process.env,
      sets: options.set,
      flags: { port, listen, data },
    };
    const whole = loadConfig(sources);
    if ("errors" in whole) return whole;
    if (options.ephemeral && whole.config.metadata.samsaMetadataEngine !== "local") return { errors: [forgetful] };
    if (brokers === undefined) return { ...whole, cluster: null };
    const cluster = loadClusterConfigs(sources, brokers);
    return "errors" in cluster ? cluster : { ...whole, cluster };
  } catch (error) {
    if (!(error instanceof Error && "code" in error) || file === undefined) throw error;
    return { errors: [`--config: ${fileError(String(error.code), file, error.message).message}`] };
  }
}

/** JSON lines; coloured ones for a person at a terminal. */
async function logLines(): Promise<(line: string) => void> {
  const write = (line: string) => void process.stderr.write(line);
  if (!process.stderr.isTTY) return write;
  return prettyLines(write, process.env.NO_COLOR === undefined);
}

async function startOrExplain(loaded: Loaded, options: StartOptions, logger: Logger): Promise<Running | null> {
  try {
    return loaded.cluster === null
      ? await startOne(loaded.config, options, logger)
      : await startSeveral(loaded.cluster, loaded.config, options, logger);
  } catch (error) {
    if (!(error instanceof StartFailure)) throw error;
    complain(error.message);
    return null;
  }
}

async function startOne(config: BrokerConfig, options: StartOptions, logger: Logger): Promise<Running> {
  const environment = environmentOf(options);
  const broker = await startBroker({ config, environment, logger, surroundings: surroundings() });
  const { listeners, clusterId, nodeId } = broker;
  const ready = { listeners, clusterId, nodeId, ...circumstances(config, options) };
  return { ready: options.json ? readyJson(ready) : readyLine(ready), stop: () => broker.stop() };
}

async function startSeveral(
  { configs, metadataFolder }: ClusterConfigs,
  config: BrokerConfig,
  options: StartOptions,
  logger: Logger,
): Promise<Running> {
  const environment = environmentOf(options);
  const loggerOf = (nodeId: number) => logger.child({ nodeId });
  const cluster = await startCluster({ configs, metadataFolder, environment, surroundings: surroundings(), loggerOf });
  const ready = { brokers: cluster.brokers, clusterId: cluster.clusterId, ...circumstances(config, options) };
  return { ready: options.json ? readyClusterJson(ready) : readyClusterLine(ready), stop: () => cluster.stop() };
}

function environmentOf({ ephemeral }: StartOptions): Environment {
  return ephemeral ? memoryEnvironment() : nodeEnvironment();
}

function circumstances(config: BrokerConfig, { ephemeral }: StartOptions) {
  return {
    dataFolder: ephemeral ? null : path.resolve(config.dataFolders[0] ?? "."),
    startupMs: Math.round(process.uptime() * 1000),
  };
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

/** Also a start that takes long, since the broker waits for others, ends in time. */
function endInTime(logger: Logger, hasStarted: () => boolean): void {
  const end = (sentence: string) => {
    logger.error(sentence);
    process.exit(exitCodes.failure);
  };
  // Unreferenced: they do not hold a clean end up, but also end a process that something else keeps alive.
  setTimeout(() => {
    if (!hasStarted()) end("the broker was told to stop before it could start");
  }, STOP_OF_START_MS_MAX).unref();
  setTimeout(() => end(`the broker did not stop within ${STOP_MS_MAX} ms`), STOP_MS_MAX).unref();
}

function complain(sentence: string): void {
  process.stderr.write(`samsa: ${sentence}\n`);
}
