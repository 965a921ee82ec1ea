import { PartitionShardLog } from "../../cluster/replication/partition-shard-log.js";
import type { Partitions } from "../../cluster/replication/partitions.js";
import type { BrokerConfig } from "../../config/broker-config.js";
import { resolveGroupConfig } from "../../config/group-config.js";
import { Runner } from "../../coordination/runner.js";
import { coordinatorAnswers } from "../../coordination/runner-options.js";
import { groupErrand } from "../../groups/errands.js";
import type { GroupConfig, MigrationPolicy } from "../../groups/group-config.js";
import { groupMachine } from "../../groups/group-machine.js";
import type { GroupTypes } from "../../groups/group-types.js";
import { groupRecordCodec } from "../../groups/records/group-record.js";
import type { Environment } from "../../lib/environment.js";
import { invariant } from "../../lib/invariant.js";
import { configKey, configResource, type MetadataImage } from "../../metadata/image.js";
import type { Logger } from "../../observability/logger.js";
import { errorName } from "../../protocol/errors.js";
import { codecs } from "../../protocol/records/codecs.js";
import { groupTopic } from "../internal-topics.js";
import { Shards } from "./shards.js";

/** Callers that may wait in one shard at a time. */
const ticketsMax = 100_000;
const minuteMs = 60_000;

/** The group coordinator: one shard for each partition of `__consumer_offsets` that this broker leads. */
export function groupShards(options: {
  readonly config: BrokerConfig;
  /** As it is now. */
  readonly configNow: () => BrokerConfig;
  readonly environment: Environment;
  readonly logger: Logger;
  readonly partitions: Partitions;
  readonly image: () => MetadataImage;
}): Shards<GroupTypes> {
  const { config, configNow, environment, logger, partitions, image } = options;
  const machine = groupMachine(groupConfigOf(config, configNow));
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

function groupConfigOf(config: BrokerConfig, configNow: () => BrokerConfig): GroupConfig {
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
      migrationPolicy: migrationPolicyOf(groups.groupConsumerMigrationPolicy),
      assignors: groups.groupConsumerAssignors,
      groupMaxSize: groups.groupConsumerMaxSize,
      settingsOf: consumerSettingsOf(configNow),
    },
  };
}

const migrationPolicies: readonly MigrationPolicy[] = ["disabled", "downgrade", "upgrade", "bidirectional"];

/** The property is one of their names, in any case. */
function migrationPolicyOf(name: string): MigrationPolicy {
  const policy = migrationPolicies.find((each) => each === name.toLowerCase());
  invariant(policy !== undefined, "the property was validated");
  return policy;
}

const noOverrides: ReadonlyMap<string, string> = new Map();

/** Most groups have no configuration of their own: theirs is worked out once, until the broker's changes. */
function consumerSettingsOf(configNow: () => BrokerConfig): GroupConfig["consumer"]["settingsOf"] {
  const settingsWith = (overrides: ReadonlyMap<string, string>, config: BrokerConfig) => {
    const own = resolveGroupConfig(overrides, config);
    return {
      sessionTimeoutMs: own.consumerSessionTimeoutMs,
      heartbeatIntervalMs: own.consumerHeartbeatIntervalMs,
      assignmentIntervalMs: own.consumerAssignmentIntervalMs,
    };
  };
  let config = configNow();
  let defaults = settingsWith(noOverrides, config);
  return (groupId, { configs }) => {
    const overrides = configs.get(configKey(configResource.group, groupId));
    if (overrides !== undefined) return settingsWith(overrides, configNow());
    if (config !== configNow()) {
      config = configNow();
      defaults = settingsWith(noOverrides, config);
    }
    return defaults;
  };
}
