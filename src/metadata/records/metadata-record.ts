/** All kinds of metadata records that Apache Kafka 4.3 knows. No other kind is ever written. */
import { defaultOf } from "../../protocol/schema/defaults.js";
import type { DecodedOf, EncodableOf } from "../../protocol/schema/message.js";
import {
  BrokerRegistrationChangeRecord,
  FenceBrokerRecord,
  RegisterBrokerRecord,
  RegisterControllerRecord,
  UnfenceBrokerRecord,
  UnregisterBrokerRecord,
} from "./brokers.js";
import {
  AbortTransactionRecord,
  BeginTransactionRecord,
  EndTransactionRecord,
  NoOpRecord,
  ZkMigrationStateRecord,
} from "./log.js";
import type { RecordType } from "./record-type.js";
import {
  AccessControlEntryRecord,
  DelegationTokenRecord,
  RemoveAccessControlEntryRecord,
  RemoveDelegationTokenRecord,
  RemoveUserScramCredentialRecord,
  UserScramCredentialRecord,
} from "./security.js";
import { ClientQuotaRecord, ConfigRecord, FeatureLevelRecord, ProducerIdsRecord } from "./settings.js";
import { ClearElrRecord, PartitionChangeRecord, PartitionRecord, RemoveTopicRecord, TopicRecord } from "./topics.js";

export const recordTypes = {
  BrokerRegistrationChangeRecord,
  FenceBrokerRecord,
  RegisterBrokerRecord,
  RegisterControllerRecord,
  UnfenceBrokerRecord,
  UnregisterBrokerRecord,
  ClearElrRecord,
  PartitionChangeRecord,
  PartitionRecord,
  RemoveTopicRecord,
  TopicRecord,
  ClientQuotaRecord,
  ConfigRecord,
  FeatureLevelRecord,
  ProducerIdsRecord,
  AccessControlEntryRecord,
  DelegationTokenRecord,
  RemoveAccessControlEntryRecord,
  RemoveDelegationTokenRecord,
  RemoveUserScramCredentialRecord,
  UserScramCredentialRecord,
  AbortTransactionRecord,
  BeginTransactionRecord,
  EndTransactionRecord,
  NoOpRecord,
  ZkMigrationStateRecord,
} as const;

export type RecordName = keyof typeof recordTypes;

/** The content of a record, every field filled. */
export type RecordData<N extends RecordName> = DecodedOf<(typeof recordTypes)[N]>;

export type MetadataRecord = {
  readonly [N in RecordName]: { readonly name: N; readonly data: RecordData<N> };
}[RecordName];

/** A record that says something by itself: all but those that begin and end a metadata transaction (KIP-868). */
export type StatementRecord = Exclude<
  MetadataRecord,
  { name: "BeginTransactionRecord" | "EndTransactionRecord" | "AbortTransactionRecord" }
>;

/** What a field that is not given has, of every kind of record. */
const defaults = new Map(Object.values(recordTypes).map((type: RecordType) => [type.name, defaultsOf(type)]));

function defaultsOf({ fields }: RecordType): object {
  return Object.fromEntries(Object.entries(fields).map(([field, declared]) => [field, defaultOf(declared)]));
}

/** Makes a record; fields with a default may be left out. */
export function metadataRecord<N extends RecordName>(
  name: N,
  given: EncodableOf<(typeof recordTypes)[N]>,
): Extract<MetadataRecord, { name: N }> {
  // Every field that was not given has its default now.
  return { name, data: { ...defaults.get(name), ...given } } as Extract<MetadataRecord, { name: N }>;
}

/** The version in which a record is written at the metadata.version of this release, as Apache Kafka 4.3 does. */
export function versionToWrite(record: MetadataRecord): number {
  switch (record.name) {
    case "RegisterBrokerRecord":
      return 4;
    case "PartitionRecord":
    case "PartitionChangeRecord":
      return 2;
    case "BrokerRegistrationChangeRecord":
      // The oldest version that can say it.
      if (record.data.cordonedLogDirs !== null) return 3;
      if (record.data.logDirs.length > 0) return 2;
      return record.data.inControlledShutdown === 0 ? 0 : 1;
    default:
      return 0;
  }
}
