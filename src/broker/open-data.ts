/** The data of a broker: its folders, the logs in them, and the engine of the metadata. */
import { LocalEngine } from "../cluster/engines/local/local-engine.js";
import type { BrokerConfig } from "../config/broker-config.js";
import type { Environment } from "../lib/environment.js";
import { emptyImage } from "../metadata/empty.js";
import { EngineProblem, type MetadataEngine } from "../metadata/engine.js";
import type { Logger } from "../observability/logger.js";
import type { Closing } from "../storage/folders/folder-logs.js";
import { LogStore } from "../storage/folders/log-store.js";
import { cleanerSettingsOf } from "./cleaner-settings-of.js";
import type { ClusterInProcess } from "./cluster-in-process.js";
import { DataFolders } from "./data-folders.js";
import type { LiveConfig } from "./live-config.js";
import { logConfigOf } from "./log-config-of.js";
import { dataFailure, StartFailure } from "./start-failure.js";

export interface OpenData {
  readonly folders: DataFolders;
  readonly store: LogStore;
  readonly metadata: OpenMetadata;
  /** Of the last run of this broker, if it ended well; else -1 (KIP-966). */
  readonly previousBrokerEpoch: number;
  /** Everything is made durable; what is shared with other brokers stays open. */
  close(how: Closing): Promise<void>;
}

export interface OpenMetadata {
  readonly engine: MetadataEngine;
  readonly clusterId: string;
  /** Up to here the metadata was committed before this start. */
  readonly committedOffset: number;
  /** Ends what this broker opened itself. */
  readonly close: () => Promise<void>;
}

/** `flush.ms` of a topic is kept even where `log.flush.scheduler.interval.ms` is left at its default, which is never. */
const FLUSH_CHECK_MS_MAX = 1_000;

/** Rejects with `StartFailure` when something stands in the way, and leaves nothing open. */
export async function openData(options: {
  readonly config: BrokerConfig;
  readonly environment: Environment;
  readonly logger: Logger;
  readonly live: LiveConfig;
  readonly cluster?: ClusterInProcess | undefined;
}): Promise<OpenData> {
  const { config, environment, cluster } = options;
  const folders = DataFolders.open(cluster === undefined ? config : withoutMetadata(config), environment);
  const ending: (() => Promise<void>)[] = [async () => folders.release()];
  const end = async () => {
    for (const run of [...ending].reverse()) await run();
  };
  try {
    const metadata = cluster === undefined ? openMetadata(config, environment, folders) : sharedMetadata(cluster);
    ending.push(metadata.close);
    const opened = { ...metadata, ...(await metadata.open()) };
    folders.claim(opened.clusterId, config.nodeId, environment.random);
    const previousBrokerEpoch = folders.brokerEpochAtEnd;
    const store = await openLogs(options, folders);
    return {
      ...{ folders, store, metadata: opened, previousBrokerEpoch },
      close: async (how) => {
        await store.close(how);
        await end();
      },
    };
  } catch (error) {
    await end();
    if (error instanceof EngineProblem) throw new StartFailure(error.message, error);
    throw dataFailure(folders.metadata.path, error);
  }
}

/** One node keeps the metadata for itself, in its first folder. */
function openMetadata(config: BrokerConfig, environment: Environment, folders: DataFolders) {
  const engine = new LocalEngine({ environment, directory: folders.metadata, nodeId: config.nodeId });
  return {
    engine,
    open: () => engine.open(config.clusterId ?? folders.clusterId ?? undefined),
    close: () => engine.close(),
  };
}

/** The folder of the metadata belongs to the cluster, and is open already. */
function withoutMetadata(config: BrokerConfig): BrokerConfig {
  return { ...config, node: { ...config.node, metadataLogDir: null } };
}

function sharedMetadata({ engine, clusterId, committedOffset }: ClusterInProcess) {
  return {
    engine,
    open: async () => ({ clusterId, committedOffset: committedOffset() }),
    close: async () => {},
  };
}

function openLogs(
  { config, environment, logger, live }: Parameters<typeof openData>[0],
  folders: DataFolders,
): Promise<LogStore> {
  return LogStore.open({
    environment,
    logger,
    directories: folders.logs,
    retryMs: config.samsa.samsaLogDirRetryMs,
    config: logConfigOf("", emptyImage, config),
    checkpointIntervalMs: config.log.logFlushOffsetCheckpointIntervalMs,
    fileDeleteDelayMs: config.log.logSegmentDeleteDelayMs,
    openFilesMax: config.samsa.samsaLogOpenFilesMax,
    warmBytes: config.samsa.samsaLogWarmBytes,
    intervals: {
      initialDelayMs: config.log.logInitialTaskDelayMs,
      retentionCheckMs: config.log.logRetentionCheckIntervalMs,
      flushCheckMs: Math.min(config.log.logFlushSchedulerIntervalMs, FLUSH_CHECK_MS_MAX),
    },
    cleaner: cleanerSettingsOf(live),
  });
}
