/** The deletion of offsets and groups in the log: no more at a time than one batch holds. */
import { unreachable } from "../../lib/invariant.js";
import { groupTombstones } from "../consumer/records.js";
import type { Group } from "../groups-state.js";
import type { GroupRecord } from "../records/group-record.js";

/** Well below any sensible `max.message.bytes`; one more tombstone, with the longest names, fits as well. */
const TOMBSTONES_BYTES_MAX = 256 * 1024;
const FIXED_BYTES = 32;
const UTF8_BYTES_MAX = 3;

export class Tombstones {
  readonly records: GroupRecord[] = [];
  #bytes = 0;

  get isFull(): boolean {
    return this.#bytes >= TOMBSTONES_BYTES_MAX;
  }

  offset(group: string, topic: string, partition: number): void {
    this.#add({ kind: "offsetCommit", group, topic, partition, value: null }, group.length + topic.length);
  }

  /** The group itself, which has no members: it comes after its offsets. */
  group({ id, membership }: Group): void {
    switch (membership.kind) {
      case "classic":
        this.#add({ kind: "groupMetadata", group: id, value: null }, id.length);
        break;
      case "consumer":
        for (const record of groupTombstones(id, membership.group)) this.#add(record, id.length);
        break;
      default:
        unreachable(membership);
    }
  }

  #add(record: GroupRecord, textLength: number): void {
    this.records.push(record);
    this.#bytes += FIXED_BYTES + textLength * UTF8_BYTES_MAX;
  }
}

/** Every offset of the group, also those that an open transaction may bring. */
export function* offsetsOf(group: Group) {
  yield* group.offsets.entries();
  for (const table of group.pendingOffsets.values()) {
    for (const entry of table.entries()) {
      if (group.offsets.get(entry.topic, entry.partition) === null) yield entry;
    }
  }
}
