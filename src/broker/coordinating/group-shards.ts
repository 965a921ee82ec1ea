import type { BrokerConfig } from "../../config/broker-config.js";
import { resolveGroupConfig } from "../../config/group-config.js";
import { groupErrand } from "../../groups/errands.js";
import type { GroupConfig, MigrationPolicy } from "../../groups/group-config.js";
import { groupMachine } from "../../groups/group-machine.js";
import type { GroupTypes } from "../../groups/group-types.js";
import { groupRecordCodec } from "../../groups/records/group-record.js";
import { invariant } from "../../lib/invariant.js";
import { configKey, configResource } from "../../metadata/image/image.js";
import { groupTopic } from "../internal-topics.js";
import { type CoordinatorKind, type CoordinatorRooms, Shards } from "./shards.js";

const MINUTE_MS = 60_000;

interface GroupShardsOptions extends CoordinatorRooms {
  readonly config: BrokerConfig;
  /** As it is now. */
  readonly configNow: () => BrokerConfig;
}

/** The group coordinator: one shard for each partition of `__consumer_offsets` that this broker leads. */
export function groupShards(options: GroupShardsOptions): Shards<GroupTypes> {
  const { config, configNow, environment, logger } = options;
  const machine = groupMachine(groupConfigOf(config, configNow));
  const kind: CoordinatorKind<GroupTypes> = {
    topic: groupTopic,
    coordinates: "groups",
    machineFor: () => machine,
    codec: groupRecordCodec,
    runErrand: (errand) =>
      environment.offload(groupErrand, errand).catch((error: unknown) => {
        const { groupId } = errand;
        logger.error({ err: error, groupId }, "the assignment of a group failed for a reason of ours");
        return { type: "failed", errand } as const;
      }),
    commitTimeoutMs: config.groups.offsetsCommitTimeoutMs,
  };
  return new Shards(kind, options);
}

function groupConfigOf(config: BrokerConfig, configNow: () => BrokerConfig): GroupConfig {
  const { groups } = config;
  return {
    groupMinSessionTimeoutMs: groups.groupMinSessionTimeoutMs,
    groupMaxSessionTimeoutMs: groups.groupMaxSessionTimeoutMs,
    groupInitialRebalanceDelayMs: groups.groupInitialRebalanceDelayMs,
    groupMaxSize: groups.groupMaxSize,
    offsetMetadataMaxBytes: groups.offsetMetadataMaxBytes,
    offsetsRetentionMs: groups.offsetsRetentionMinutes * MINUTE_MS,
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
