/** The control records with which a snapshot file of KRaft begins and ends (KIP-630). */
import { buildBatch } from "../../protocol/records/build-batch.js";
import { controlKey, controlTypes } from "../../protocol/records/control.js";
import { encodeMessage } from "../../protocol/schema/codec.js";
import { int16, timestamp } from "../../protocol/schema/fields.js";
import { message } from "../../protocol/schema/message.js";

const SnapshotHeaderRecord = message({
  name: "SnapshotHeaderRecord",
  versions: "0",
  flexible: "0+",
  fields: { version: int16(), lastContainedLogTimestamp: timestamp() },
});

const SnapshotFooterRecord = message({
  name: "SnapshotFooterRecord",
  versions: "0",
  flexible: "0+",
  fields: { version: int16() },
});

interface Place {
  readonly baseOffset: number;
  readonly leaderEpoch: number;
  readonly timestampMs: number;
}

/** The time is that of the last record that went into the snapshot. */
export function checkpointHeader(at: Place): Uint8Array {
  const fields = { version: 0, lastContainedLogTimestamp: at.timestampMs };
  return controlBatch(controlTypes.SNAPSHOT_HEADER, encodeMessage(SnapshotHeaderRecord, 0, fields), at);
}

export function checkpointFooter(at: Place): Uint8Array {
  return controlBatch(controlTypes.SNAPSHOT_FOOTER, encodeMessage(SnapshotFooterRecord, 0, { version: 0 }), at);
}

function controlBatch(type: Parameters<typeof controlKey>[0], value: Uint8Array, at: Place): Uint8Array {
  const { baseOffset, leaderEpoch, timestampMs } = at;
  return buildBatch({
    baseOffset,
    leaderEpoch,
    records: [{ timestampMs, key: controlKey(type), value }],
    isControl: true,
  });
}
