/** Topics and their partitions. */
import { array, int8, int32, string, uuid } from "../../protocol/schema/fields.js";
import { recordType } from "./record-type.js";

export const TopicRecord = recordType({
  key: 2,
  name: "TopicRecord",
  versions: "0",
  fields: { name: string(), topicId: uuid() },
});

/** The topic is gone, with its partitions and its configuration. */
export const RemoveTopicRecord = recordType({
  key: 9,
  name: "RemoveTopicRecord",
  versions: "0",
  fields: { topicId: uuid() },
});

/**
 * A partition as a whole.
 *
 * 1  the log directory of each replica (KIP-858)
 * 2  eligible leader replicas (KIP-966)
 */
export const PartitionRecord = recordType({
  key: 3,
  name: "PartitionRecord",
  versions: "0-2",
  fields: {
    partitionId: int32({ default: -1 }),
    topicId: uuid(),
    replicas: array(int32()),
    isr: array(int32()),
    removingReplicas: array(int32()),
    addingReplicas: array(int32()),
    leader: int32({ default: -1 }),
    leaderRecoveryState: int8({ default: 0, tag: 0, taggedVersions: "0+" }),
    leaderEpoch: int32({ default: -1 }),
    partitionEpoch: int32({ default: -1 }),
    directories: array(uuid(), { versions: "1+" }),
    eligibleLeaderReplicas: array(int32(), {
      versions: "2+",
      nullable: "2+",
      default: null,
      tag: 1,
      taggedVersions: "2+",
    }),
    lastKnownElr: array(int32(), { versions: "2+", nullable: "2+", default: null, tag: 2, taggedVersions: "2+" }),
  },
});

const changedReplicas = (tag: number) =>
  array(int32(), { nullable: "0+", default: null, tag, taggedVersions: "0+" } as const);

/**
 * What changed in a partition; null stands for no change. Whoever replays it counts the partition epoch up by one, and
 * the leader epoch as well when `leader` is set, even to the leader that there was.
 *
 * 1  the log directory of each replica (KIP-858)
 * 2  eligible leader replicas (KIP-966)
 */
export const PartitionChangeRecord = recordType({
  key: 5,
  name: "PartitionChangeRecord",
  versions: "0-2",
  fields: {
    partitionId: int32({ default: -1 }),
    topicId: uuid(),
    isr: changedReplicas(0),
    /** -1: no leader now, -2: no change. */
    leader: int32({ default: -2, tag: 1, taggedVersions: "0+" }),
    replicas: changedReplicas(2),
    removingReplicas: changedReplicas(3),
    addingReplicas: changedReplicas(4),
    /** -1: no change. */
    leaderRecoveryState: int8({ default: -1, tag: 5, taggedVersions: "0+" }),
    directories: array(uuid(), { versions: "1+", nullable: "1+", default: null, tag: 8, taggedVersions: "1+" }),
    eligibleLeaderReplicas: array(int32(), {
      versions: "2+",
      nullable: "2+",
      default: null,
      tag: 6,
      taggedVersions: "2+",
    }),
    lastKnownElr: array(int32(), { versions: "2+", nullable: "2+", default: null, tag: 7, taggedVersions: "2+" }),
  },
});

/** The eligible leader replicas of one topic, or of all (an empty name), are forgotten (KIP-966). */
export const ClearElrRecord = recordType({
  key: 28,
  name: "ClearElrRecord",
  versions: "0",
  fields: { topicName: string() },
});
