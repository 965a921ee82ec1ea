/** Records about the log itself. */
import { int8, string } from "../../protocol/schema/fields.js";
import { recordType } from "./record-type.js";

/** Moves the log on and changes nothing. */
export const NoOpRecord = recordType({ key: 20, name: "NoOpRecord", versions: "0", fields: {} });

/** A metadata transaction (KIP-868): what follows counts when it ends, not when it is aborted. */
export const BeginTransactionRecord = recordType({
  key: 23,
  name: "BeginTransactionRecord",
  versions: "0",
  fields: { name: string({ nullable: "0+", default: null, tag: 0, taggedVersions: "0+" }) },
});

export const EndTransactionRecord = recordType({
  key: 24,
  name: "EndTransactionRecord",
  versions: "0",
  fields: {},
});

export const AbortTransactionRecord = recordType({
  key: 25,
  name: "AbortTransactionRecord",
  versions: "0",
  fields: { reason: string({ nullable: "0+", default: null, tag: 0, taggedVersions: "0+" }) },
});

/** How far a cluster has come on its way from ZooKeeper (KIP-866). */
export const ZkMigrationStateRecord = recordType({
  key: 21,
  name: "ZkMigrationStateRecord",
  versions: "0",
  fields: { zkMigrationState: int8() },
});
