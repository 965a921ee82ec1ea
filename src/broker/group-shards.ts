import { PartitionShardLog } from "../cluster/replication/partition-shard-log.js";
import type { Partitions } from "../cluster/replication/partitions.js";
import type { BrokerConfig } from "../config/broker-config.js";
import { resolveGroupConfig } from "../config/group-config.js";
import { Runner } from "../coordination/runner.js";
import { coordinatorAnswers } from "../coordination/runner-options.js";
import { groupErrand } from "../groups/errands.js";
import type { GroupConfig } from "../groups/group-config.js";
import { groupMachine } from "../groups/group-machine.js";
import type { GroupTypes } from "../groups/group-types.js";
import { groupRecordCodec } from "../groups/records/group-record.js";
import type { Environment } from "../lib/environment.js";
import { configKey, configResource, type MetadataImage } from "../metadata/image.js";
import type { Logger } from "../observability/logger.js";
import { errorName } from "../protocol/errors.js";
import { codecs } from "../protocol/records/codecs.js";
import { groupTopic } from "./internal-topics.js";
import { Shards } from "./shards.js";

/** Callers that may wait in one shard at a time. */
const ticketsMax = 100_000;
const minuteMs = 60_000;

/** The group coordinator: one shard for each partition of `__consumer_offsets` that this broker leads. */
export function groupShards(options: {
  readonly config: BrokerConfig;
  readonly environment: Environment;
  readonly logger: Logger;
  readonly partitions: Partitions;
  readonly image: () => MetadataImage;
}): Shards<GroupTypes> {
  const { config, environment, logger, partitions, image } = options;
  const machine = groupMachine(groupConfigOf(config));
  return new Shards(groupTopic, partitions, environment.wire, (partition, onOver) => {
    const { index } = partition;
    return new Runner<GroupTypes>({
      machine,
      log: new PartitionShardLog(partition, codecs.none),
      codec: groupRecordCodec,
      environment,
      metadata: image,
      runErrand: (errand) =>
        environment.offload(groupErrand, errand).catch((error: unknown) => {
          logger.error(
            { err: error, groupId: errand.groupId },
            "the assignment of a group failed for a reason of ours",
          );
          return { type: "failed", errand } as const;
        }),
      answers: coordinatorAnswers,
      limits: {
        commitTimeoutMs: config.groups.offsetsCommitTimeoutMs,
        ticketsMax,
        batchBytesMax: partition.config.maxMessageBytes,
      },
      onOver: (why) => {
        logger.debug(
          { partition: index, why: errorName(why) },
          "this broker no longer coordinates the groups of a partition",
        );
        onOver();
      },
      onBug: (error) =>
        logger.error({ err: error, partition: index }, "a group coordinator failed for a reason of ours"),
    });
  });
}

function groupConfigOf(config: BrokerConfig): GroupConfig {
  const { groups } = config;
  return {
    groupMinSessionTimeoutMs: groups.groupMinSessionTimeoutMs,
    groupMaxSessionTimeoutMs: groups.groupMaxSessionTimeoutMs,
    groupInitialRebalanceDelayMs: groups.groupInitialRebalanceDelayMs,
    groupMaxSize: groups.groupMaxSize,
    offsetMetadataMaxBytes: groups.offsetMetadataMaxBytes,
    offsetsRetentionMs: groups.offsetsRetentionMinutes * minuteMs,
    offsetsRetentionCheckIntervalMs: groups.offsetsRetentionCheckIntervalMs,
    consumer: {
      assignors: groups.groupConsumerAssignors,
      groupMaxSize: groups.groupConsumerMaxSize,
      settingsOf: consumerSettingsOf(config),
    },
  };
}

/** Most groups have no configuration of their own: theirs is worked out once. */
function consumerSettingsOf(config: BrokerConfig): GroupConfig["consumer"]["settingsOf"] {
  const settingsWith = (overrides: ReadonlyMap<string, string>) => {
    const own = resolveGroupConfig(overrides, config);
    return {
      sessionTimeoutMs: own.consumerSessionTimeoutMs,
      heartbeatIntervalMs: own.consumerHeartbeatIntervalMs,
      assignmentIntervalMs: own.consumerAssignmentIntervalMs,
    };
  };
  const defaults = settingsWith(new Map());
  return (groupId, { configs }) => {
    const overrides = configs.get(configKey(configResource.group, groupId));
    return overrides === undefined ? defaults : settingsWith(overrides);
  };
}
