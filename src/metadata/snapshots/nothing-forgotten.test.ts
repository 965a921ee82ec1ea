/** Whatever a record says stands in the image and comes through a snapshot, field by field. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { arbitraryOf } from "../../protocol/schema/arbitrary.test-data.js";
import { layoutOf } from "../../protocol/schema/layout.js";
import { ImageDraft } from "../image/draft.js";
import { emptyImage } from "../image/empty.js";
import type { MetadataImage } from "../image/image.js";
import { decodeRecord, encodeRecord } from "../records/frame.js";
import {
  type MetadataRecord,
  metadataRecord,
  type RecordData,
  type RecordName,
  recordTypes,
  versionToWrite,
} from "../records/metadata-record.js";
import { imageRecords } from "./image-records.js";
import { imageOf, snapshotBatches } from "./snapshot-batches.js";

const [topicId = "", directory = ""] = ["0j3-SVJFRtqnh_Ppnbg9bQ", "qnokq0TitgYkR1MlANQ-TA"];
const topic = metadataRecord("TopicRecord", { name: "t", topicId });

/** What a snapshot holds of a record: the same record again, or only what it has changed. */
type Fate = { readonly comesAgain: (data: object) => object } | "changes";

const asItIs = { comesAgain: (data: object) => data };

const fates: { readonly [name in RecordName]: Fate } = {
  RegisterBrokerRecord: asItIs,
  RegisterControllerRecord: asItIs,
  TopicRecord: asItIs,
  PartitionRecord: { comesAgain: (data) => ({ ...noEmptyLists(data), topicId, partitionId: 0 }) },
  ClientQuotaRecord: { comesAgain: (data) => ({ ...data, remove: false }) },
  ConfigRecord: { comesAgain: (data) => ({ ...data, value: "value" in data ? `${data.value}` : "" }) },
  FeatureLevelRecord: { comesAgain: (data) => ({ ...data, featureLevel: 30 }) },
  // Who was given producer ids last is not known any more; nor is it in a snapshot of Apache Kafka.
  ProducerIdsRecord: { comesAgain: () => ({ brokerId: -1, brokerEpoch: -1, nextProducerId: 7_000 }) },
  AccessControlEntryRecord: asItIs,
  DelegationTokenRecord: asItIs,
  UserScramCredentialRecord: asItIs,
  ZkMigrationStateRecord: asItIs,
  BrokerRegistrationChangeRecord: "changes",
  FenceBrokerRecord: "changes",
  UnfenceBrokerRecord: "changes",
  UnregisterBrokerRecord: "changes",
  ClearElrRecord: "changes",
  PartitionChangeRecord: "changes",
  RemoveTopicRecord: "changes",
  RemoveAccessControlEntryRecord: "changes",
  RemoveDelegationTokenRecord: "changes",
  RemoveUserScramCredentialRecord: "changes",
  AbortTransactionRecord: "changes",
  BeginTransactionRecord: "changes",
  EndTransactionRecord: "changes",
  NoOpRecord: "changes",
};

/** As Apache Kafka writes it: no list where nobody is eligible. */
function noEmptyLists(data: object): object {
  const orNull = (list: unknown) => (Array.isArray(list) && list.length === 0 ? null : list);
  return Object.fromEntries(
    Object.entries(data).map(([field, value]) => [field, /elr|eligible/i.test(field) ? orNull(value) : value]),
  );
}

function imageAfter(...records: readonly MetadataRecord[]): MetadataImage {
  const draft = new ImageDraft(emptyImage);
  for (const record of records) {
    const decoded = decodeRecord(encodeRecord(record));
    if (!decoded.ok) throw new Error(decoded.malformed);
    draft.replay(decoded.value);
  }
  return draft.share();
}

async function throughSnapshot(image: MetadataImage): Promise<MetadataImage> {
  return imageOf({ next: image.endOffset, epoch: image.epoch, batches: snapshotBatches(image, 0) });
}

describe("a record that makes something", () => {
  const made = Object.entries(fates).flatMap(([name, fate]) => (fate === "changes" ? [] : [[name, fate] as const]));

  test.each(made)("%s comes out of a snapshot with every field that it had", async (name, { comesAgain }) => {
    const type = recordTypes[name as RecordName];
    const version = versionToWrite({ name, data: {} } as MetadataRecord);
    const given = arbitraryOf(layoutOf(type, version)).map((data) => ({ name, data: comesAgain(data) }));
    await fc.assert(
      fc.asyncProperty(given, async (one) => {
        const record = one as MetadataRecord;
        const again = await throughSnapshot(imageAfter(...(name === "PartitionRecord" ? [topic] : []), record));
        expect([...imageRecords(again)]).toContainEqual(record);
      }),
      { seed: 7, numRuns: 100 },
    );
  });
});

describe("a record that changes something", () => {
  const broker = metadataRecord("RegisterBrokerRecord", {
    ...{ brokerId: 1, incarnationId: topicId, brokerEpoch: 7, endPoints: [], features: [], rack: null, logDirs: [] },
  });
  const partition = metadataRecord("PartitionRecord", {
    ...{ partitionId: 0, topicId, replicas: [1, 2], isr: [1], removingReplicas: [], addingReplicas: [] },
    ...{ leader: 1, leaderEpoch: 0, partitionEpoch: 0, directories: [topicId, topicId] },
  });

  type Change<N extends RecordName, K extends keyof RecordData<N>> = {
    readonly [F in Exclude<keyof RecordData<N>, K>]: RecordData<N>[F];
  };

  test("of a broker does so with each of its fields", async () => {
    const of = { brokerId: 1, brokerEpoch: 7 };
    const fields: Change<"BrokerRegistrationChangeRecord", keyof typeof of> = {
      ...{ fenced: -1, inControlledShutdown: 1, logDirs: [directory], cordonedLogDirs: [directory] },
    };
    const nothing = imageAfter(broker, metadataRecord("BrokerRegistrationChangeRecord", of));
    for (const [field, value] of Object.entries(fields)) {
      const change = metadataRecord("BrokerRegistrationChangeRecord", { ...of, [field]: value });
      const changed = await throughSnapshot(imageAfter(broker, change));
      expect(changed.brokers, field).not.toEqual(nothing.brokers);
    }
  });

  test("of a partition does so with each of its fields", async () => {
    const of = { topicId, partitionId: 0 };
    const fields: Change<"PartitionChangeRecord", keyof typeof of> = {
      ...{ isr: [1, 2], leader: 2, replicas: [2, 1], removingReplicas: [1], addingReplicas: [2] },
      ...{ leaderRecoveryState: 1, eligibleLeaderReplicas: [2], lastKnownElr: [2], directories: [directory, topicId] },
    };
    const nothing = imageAfter(topic, partition, metadataRecord("PartitionChangeRecord", of));
    for (const [field, value] of Object.entries(fields)) {
      const change = metadataRecord("PartitionChangeRecord", { ...of, [field]: value });
      const changed = await throughSnapshot(imageAfter(topic, partition, change));
      expect(changed.topicsById, field).not.toEqual(nothing.topicsById);
    }
  });
});
