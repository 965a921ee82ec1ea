/** The data of a broker: its folders, the logs in them, and the engine of the metadata. */
import type { BrokerConfig } from "../config/broker-config.js";
import type { Environment } from "../lib/environment.js";
import { EngineProblem } from "../metadata/engine.js";
import { emptyImage } from "../metadata/image/empty.js";
import type { Logger } from "../observability/logger.js";
import type { Closing } from "../storage/folders/folder-logs.js";
import { LogStore } from "../storage/folders/log-store.js";
import type { ClusterInProcess } from "./cluster-in-process.js";
import { UNREGISTERED } from "./joining/broker-session.js";
import { hasPeers, type OpenEngine, openEngine } from "./joining/open-engine.js";
import type { LiveConfig } from "./live-config.js";
import type { ReplicationThrottles } from "./replication-throttles.js";
import { StartFailure } from "./start-failure.js";
import { cleanerSettingsOf } from "./storing/cleaner-settings-of.js";
import { DataFolders } from "./storing/data-folders.js";
import { logConfigOf } from "./storing/log-config-of.js";

export interface OpenData {
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
  readonly throttles: ReplicationThrottles;
  readonly cluster?: ClusterInProcess | undefined;
}): Promise<OpenData> {
  const { config, environment, cluster } = options;
  // Among others the metadata belongs to the cluster, not to this node.
  const folders = DataFolders.open(config, environment, { keepsMetadata: !hasPeers(config, cluster) });
  const ending: (() => Promise<void>)[] = [async () => folders.release()];
  const end = async () => {
    for (const run of [...ending].reverse()) await run();
  };
  try {
    const metadata = await openEngine({ ...options, folders, cluster });
    ending.push(metadata.close);
    folders.claim(metadata.clusterId, config.nodeId, environment.random);
    const previousBrokerEpoch = folders.readBrokerEpochAtEnd();
    const store = await openLogs(options, folders);
    return {
      ...{ store, metadata, previousBrokerEpoch },
      close: async (how) => {
        if (how.clean && how.brokerEpoch === UNREGISTERED) folders.disclaim();
        await store.close(how);
        await end();
      },
    };
  } catch (error) {
    await end();
    if (error instanceof EngineProblem) throw new StartFailure(error.message, error);
    throw folders.inWords(error);
  }
}

function openLogs(
  { config, environment, logger, live, throttles }: Parameters<typeof openData>[0],
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
    moveThrottle: throttles.betweenFolders,
  });
}
