/**
 * One committed offset in `__consumer_offsets`: the group, topic and partition are the key, so that compaction keeps the
 * latest. Records of the type 0 were written by brokers before 0.9; they are read, never written.
 */
import { int32, offset, string, timestamp, uuid } from "../../protocol/schema/fields.js";
import { message } from "../../protocol/schema/message.js";

export const OffsetCommitKey = message({
  name: "OffsetCommitKey",
  versions: "0",
  flexible: "none",
  fields: { group: string(), topic: string(), partition: int32() },
});

export const OffsetCommitValue = message({
  name: "OffsetCommitValue",
  versions: "0-4",
  flexible: "4+",
  fields: {
    offset: offset(),
    leaderEpoch: int32({ versions: "3+", default: -1, ignorable: true }),
    metadata: string(),
    commitTimestamp: timestamp(),
    /** Only where the committer asked for a retention time of its own (OffsetCommit 2 to 4); else -1. */
    expireTimestamp: timestamp({ versions: "1", default: -1, ignorable: true }),
    topicId: uuid({ versions: "4+", taggedVersions: "4+", tag: 0, ignorable: true }),
  },
});

export const LegacyOffsetCommitKey = message({
  name: "LegacyOffsetCommitKey",
  versions: "0",
  flexible: "none",
  fields: { group: string(), topic: string(), partition: int32() },
});

export const LegacyOffsetCommitValue = message({
  name: "LegacyOffsetCommitValue",
  versions: "0",
  flexible: "none",
  fields: { offset: offset(), metadata: string(), commitTimestamp: timestamp() },
});
