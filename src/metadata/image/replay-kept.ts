/**
 * Records that no room of this release asks for: access control, delegation tokens, controllers of Apache Kafka. They are
 * kept as they are, so that a snapshot loses nothing of a log that Apache Kafka has begun, or goes on with.
 */
import { unreachable } from "../../lib/invariant.js";
import type { StatementRecord } from "../records/metadata-record.js";

type Kept = Extract<
  StatementRecord,
  {
    name:
      | "RegisterControllerRecord"
      | "DelegationTokenRecord"
      | "RemoveDelegationTokenRecord"
      | "AccessControlEntryRecord"
      | "RemoveAccessControlEntryRecord"
      | "ZkMigrationStateRecord";
  }
>;

/** By what they are about: a later record takes the place of an earlier one. */
export function replayKept(all: Map<string, StatementRecord>, record: Kept): void {
  switch (record.name) {
    case "RegisterControllerRecord":
      all.set(`controller ${record.data.controllerId}`, record);
      return;
    case "DelegationTokenRecord":
      all.set(`token ${record.data.tokenId}`, record);
      return;
    case "RemoveDelegationTokenRecord":
      all.delete(`token ${record.data.tokenId}`);
      return;
    case "AccessControlEntryRecord":
      all.set(`access ${record.data.id}`, record);
      return;
    case "RemoveAccessControlEntryRecord":
      all.delete(`access ${record.data.id}`);
      return;
    case "ZkMigrationStateRecord":
      all.set("migration", record);
      return;
    default:
      unreachable(record);
  }
}
