/** The data of a broker: its folders, the logs in them, and the engine of the metadata. */
import type { BrokerConfig } from "../../config/broker-config.js";
import type { Environment } from "../../lib/environment.js";
import { emptyImage } from "../../metadata/empty.js";
import { EngineProblem } from "../../metadata/engine.js";
import type { Logger } from "../../observability/logger.js";
import type { Closing } from "../../storage/folders/folder-logs.js";
import { LogStore } from "../../storage/folders/log-store.js";
import type { ClusterInProcess } from "../cluster-in-process.js";
import { hasPeers, type OpenEngine, openEngine } from "../joining/open-engine.js";
import type { LiveConfig } from "../live-config.js";
import { dataFailure, StartFailure } from "../start-failure.js";
import { cleanerSettingsOf } from "./cleaner-settings-of.js";
import { DataFolders } from "./data-folders.js";
import { logConfigOf } from "./log-config-of.js";

export interface OpenData {
  readonly folders: DataFolders;
  readonly store: LogStore;
  readonly metadata: OpenEngine;
  /** Of the last run of this broker, if it ended well; else -1 (KIP-966). */
  readonly previousBrokerEpoch: number;
  /** Everything is made durable; what is shared with other brokers stays open. */
  close(how: Closing): Promise<void>;
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
  const folders = DataFolders.open(hasPeers(config, cluster) ? withoutMetadata(config) : config, environment);
  const ending: (() => Promise<void>)[] = [async () => folders.release()];
  const end = async () => {
    for (const run of [...ending].reverse()) await run();
  };
  try {
    const metadata = await openEngine({ ...options, folders, cluster });
    ending.push(metadata.close);
    folders.claim(metadata.clusterId, config.nodeId, environment.random);
    const previousBrokerEpoch = folders.brokerEpochAtEnd;
    const store = await openLogs(options, folders);
    return {
      ...{ folders, store, metadata, previousBrokerEpoch },
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

/** The metadata belongs to the cluster, not to this node. */
function withoutMetadata(config: BrokerConfig): BrokerConfig {
  return { ...config, node: { ...config.node, metadataLogDir: null } };
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
