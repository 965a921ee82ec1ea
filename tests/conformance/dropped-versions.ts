/**
 * What Apache Kafka 4 has dropped (KIP-896) and Samsa declares: old versions, and fields that only they had. Taken from
 * the message definitions of Apache Kafka 3.9, the last release that knew them.
 */
import type { KafkaField, KafkaMessage } from "./kafka-messages.js";

interface Dropped {
  /** All versions with the dropped ones. */
  readonly versions: string;
  readonly fields?: readonly DroppedField[];
}

interface DroppedField extends KafkaField {
  /** The names of the fields around it, from the outside in. */
  readonly inside: readonly string[];
  /** The field that stands before it. */
  readonly after: string;
}

const dropped: Readonly<Record<string, Dropped>> = {
  ProduceRequest: { versions: "0-13" },
  ProduceResponse: { versions: "0-13" },
  FetchRequest: { versions: "0-18" },
  FetchResponse: { versions: "0-18" },
  ListOffsetsRequest: {
    versions: "0-11",
    fields: [
      {
        inside: ["Topics", "Partitions"],
        after: "Timestamp",
        name: "MaxNumOffsets",
        type: "int32",
        versions: "0",
        default: 1,
      },
    ],
  },
  ListOffsetsResponse: {
    versions: "0-11",
    fields: [
      { inside: ["Topics", "Partitions"], after: "ErrorCode", name: "OldStyleOffsets", type: "[]int64", versions: "0" },
    ],
  },
  OffsetCommitRequest: {
    versions: "0-10",
    fields: [
      {
        inside: ["Topics", "Partitions"],
        after: "CommittedLeaderEpoch",
        name: "CommitTimestamp",
        type: "int64",
        versions: "1",
        default: -1,
      },
    ],
  },
  OffsetCommitResponse: { versions: "0-10" },
  OffsetFetchRequest: { versions: "0-10" },
  OffsetFetchResponse: { versions: "0-10" },
  CreateTopicsRequest: { versions: "0-7" },
  CreateTopicsResponse: { versions: "0-7" },
  DeleteTopicsRequest: { versions: "0-6" },
  DeleteTopicsResponse: { versions: "0-6" },
  OffsetForLeaderEpochRequest: { versions: "0-4" },
  OffsetForLeaderEpochResponse: { versions: "0-4" },
  DescribeConfigsRequest: { versions: "0-4" },
  DescribeConfigsResponse: {
    versions: "0-4",
    fields: [{ inside: ["Results", "Configs"], after: "ReadOnly", name: "IsDefault", type: "bool", versions: "0" }],
  },
  DescribeAclsRequest: { versions: "0-3" },
  DescribeAclsResponse: { versions: "0-3" },
  CreateAclsRequest: { versions: "0-3" },
  CreateAclsResponse: { versions: "0-3" },
  DeleteAclsRequest: { versions: "0-3" },
  DeleteAclsResponse: { versions: "0-3" },
  CreateDelegationTokenRequest: { versions: "0-3" },
  CreateDelegationTokenResponse: { versions: "0-3" },
  RenewDelegationTokenRequest: { versions: "0-2" },
  RenewDelegationTokenResponse: { versions: "0-2" },
  ExpireDelegationTokenRequest: { versions: "0-2" },
  ExpireDelegationTokenResponse: { versions: "0-2" },
  DescribeDelegationTokenRequest: { versions: "0-3" },
  DescribeDelegationTokenResponse: { versions: "0-3" },
  AlterReplicaLogDirsRequest: { versions: "0-2" },
  AlterReplicaLogDirsResponse: { versions: "0-2" },
  DescribeLogDirsRequest: { versions: "0-5" },
  DescribeLogDirsResponse: { versions: "0-5" },
};

/** The definition as it was before Apache Kafka 4 dropped versions of it. */
export function withDroppedVersions(message: KafkaMessage): KafkaMessage {
  const { versions, fields } = dropped[message.name] ?? { versions: message.validVersions };
  const restored = (fields ?? []).reduce(
    (all, { inside, after, ...field }) => insert(all, inside, after, field),
    message.fields ?? [],
  );
  return { ...message, validVersions: versions, fields: restored };
}

function insert(
  fields: readonly KafkaField[],
  inside: readonly string[],
  after: string,
  added: KafkaField,
): readonly KafkaField[] {
  const [outer, ...inner] = inside;
  return fields.flatMap((field) => {
    if (outer === undefined) return field.name === after ? [field, added] : [field];
    return field.name === outer ? [{ ...field, fields: insert(field.fields ?? [], inner, after, added) }] : [field];
  });
}
