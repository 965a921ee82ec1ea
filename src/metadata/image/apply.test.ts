import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RecordBatch } from "../../protocol/records/batch.js";
import { buildBatch } from "../../protocol/records/build-batch.js";
import { asBuffer } from "../../protocol/records/int64.js";
import { encodeRecord } from "../records/frame.js";
import { buildLeaderChange } from "../records/leader-change.js";
import { type MetadataRecord, metadataRecord } from "../records/metadata-record.js";
import { apply } from "./apply.js";
import { ImageDraft } from "./draft.js";
import { emptyImage } from "./empty.js";
import { configKey, configResource, type MetadataImage } from "./image.js";

const ids = ["0j3-SVJFRtqnh_Ppnbg9bQ", "qnokq0TitgYkR1MlANQ-TA", "tkCfVUEnT82IxMwthqK8UQ"];
const topicId = "0j3-SVJFRtqnh_Ppnbg9bQ";
const topic = metadataRecord("TopicRecord", { name: "t", topicId });
const registration = metadataRecord("RegisterBrokerRecord", {
  ...{ brokerId: 1, incarnationId: ids[1] ?? "", brokerEpoch: 7, features: [], rack: "r", logDirs: [topicId] },
  endPoints: [{ name: "PLAINTEXT", host: "h", port: 9092, securityProtocol: 0 }],
});

function partition(partitionId: number, id = topicId): MetadataRecord {
  return metadataRecord("PartitionRecord", {
    ...{ partitionId, topicId: id, replicas: [1, 2], isr: [1, 2], removingReplicas: [], addingReplicas: [] },
    ...{ leader: 1, leaderEpoch: 0, partitionEpoch: 0, directories: [topicId, topicId] },
  });
}

function config(value: string | null, name = "retention.ms"): MetadataRecord {
  return metadataRecord("ConfigRecord", { resourceType: configResource.topic, resourceName: "t", name, value });
}

function batchOf(records: readonly MetadataRecord[], baseOffset: number, leaderEpoch = 3): RecordBatch {
  const values = records.map((record) => ({ timestampMs: 0, key: null, value: encodeRecord(record) }));
  return new RecordBatch(asBuffer(buildBatch({ baseOffset, leaderEpoch, records: values })), 0);
}

function withRecords(image: MetadataImage, ...records: MetadataRecord[]): MetadataImage {
  return apply(image, batchOf(records, image.endOffset));
}

describe("brokers", () => {
  test("a broker registers fenced, is unfenced, and goes", () => {
    const registered = withRecords(emptyImage, registration);
    expect(registered.brokers.get(1)).toMatchObject({ epoch: 7, rack: "r", fenced: true, inControlledShutdown: false });
    const change = { brokerId: 1, brokerEpoch: 7 };
    const unfenced = withRecords(
      registered,
      metadataRecord("BrokerRegistrationChangeRecord", { ...change, fenced: -1 }),
    );
    expect(unfenced.brokers.get(1)).toMatchObject({ fenced: false, logDirs: [topicId] });
    const leaving = metadataRecord("BrokerRegistrationChangeRecord", { ...change, inControlledShutdown: 1 });
    expect(withRecords(unfenced, leaving).brokers.get(1)).toMatchObject({ fenced: false, inControlledShutdown: true });
    expect(withRecords(unfenced, metadataRecord("UnregisterBrokerRecord", change)).brokers.size).toBe(0);
  });

  test("the older records that fence and unfence mean the same", () => {
    const registered = withRecords(emptyImage, registration);
    const unfenced = withRecords(registered, metadataRecord("UnfenceBrokerRecord", { id: 1, epoch: 7 }));
    expect(unfenced.brokers.get(1)?.fenced).toBe(false);
    expect(withRecords(unfenced, metadataRecord("FenceBrokerRecord", { id: 1, epoch: 7 })).brokers.get(1)?.fenced).toBe(
      true,
    );
  });

  test("a change for another incarnation of the broker is a contradiction", () => {
    const stale = metadataRecord("BrokerRegistrationChangeRecord", { brokerId: 1, brokerEpoch: 6, fenced: -1 });
    expect(() => withRecords(emptyImage, registration, stale)).toThrow("broker 1 is registered with epoch 6");
  });
});

test("what no room asks for yet is kept as it is until it is taken back", () => {
  const rule = { resourceType: 2, resourceName: "t", patternType: 3, principal: "User:a", host: "*", operation: 3 };
  const entry = metadataRecord("AccessControlEntryRecord", { ...rule, id: topicId, permissionType: 3 });
  const image = withRecords(emptyImage, entry, metadataRecord("NoOpRecord", {}));
  expect([...image.keptRecords.values()]).toEqual([entry]);
  const removal = metadataRecord("RemoveAccessControlEntryRecord", { id: topicId });
  expect(withRecords(image, removal).keptRecords.size).toBe(0);
});

describe("topics", () => {
  test("a topic has its partitions under its name and its id", () => {
    const image = withRecords(emptyImage, topic, partition(0), partition(1));
    expect(image.topicsByName.get("t")?.partitions).toHaveLength(2);
    expect(image.topicsById.get(topicId)).toBe(image.topicsByName.get("t"));
  });

  test("a change counts the partition epoch up, and the leader epoch when a leader is named", () => {
    const image = withRecords(emptyImage, topic, partition(0));
    const shrunk = withRecords(image, metadataRecord("PartitionChangeRecord", { partitionId: 0, topicId, isr: [1] }));
    expect(shrunk.topicsByName.get("t")?.partitions[0]).toMatchObject({ isr: [1], leaderEpoch: 0, partitionEpoch: 1 });
    const same = withRecords(shrunk, metadataRecord("PartitionChangeRecord", { partitionId: 0, topicId, leader: 1 }));
    expect(same.topicsByName.get("t")?.partitions[0]).toMatchObject({ leader: 1, leaderEpoch: 1, partitionEpoch: 2 });
  });

  test("with a topic go its partitions and its configuration", () => {
    const image = withRecords(emptyImage, topic, partition(0), config("5"));
    const gone = withRecords(image, metadataRecord("RemoveTopicRecord", { topicId }));
    expect([gone.topicsByName.size, gone.topicsById.size, gone.configs.size]).toEqual([0, 0, 0]);
    expect(image.topicsByName.get("t")?.partitions).toHaveLength(1);
  });

  test("eligible leader replicas are forgotten where there are any", () => {
    const image = withRecords(emptyImage, topic, partition(0), partition(1));
    const change = { partitionId: 0, topicId, eligibleLeaderReplicas: [2] };
    const eligible = withRecords(image, metadataRecord("PartitionChangeRecord", change));
    const cleared = withRecords(eligible, metadataRecord("ClearElrRecord", { topicName: "" }));
    const partitions = cleared.topicsByName
      .get("t")
      ?.partitions.map((one) => [one.eligibleLeaderReplicas, one.partitionEpoch]);
    expect(partitions).toEqual([
      [[], 2],
      [[], 0],
    ]);
  });
});

describe("settings", () => {
  test("a property is set, set anew, and taken away; a resource without any is not listed", () => {
    const key = configKey(configResource.topic, "t");
    const image = withRecords(emptyImage, config("5"), config("6"), config("x", "cleanup.policy"));
    expect([...(image.configs.get(key) ?? [])]).toEqual([
      ["retention.ms", "6"],
      ["cleanup.policy", "x"],
    ]);
    expect(withRecords(image, config(null), config(null, "cleanup.policy")).configs.size).toBe(0);
  });

  test("a feature at level 0 is none", () => {
    const feature = (featureLevel: number) => metadataRecord("FeatureLevelRecord", { name: "f", featureLevel });
    const image = withRecords(emptyImage, feature(2));
    expect(image.features.get("f")).toBe(2);
    expect(withRecords(image, feature(0)).features.size).toBe(0);
  });

  test("the next producer id is what the last block left", () => {
    const image = withRecords(
      emptyImage,
      metadataRecord("ProducerIdsRecord", { brokerId: 1, brokerEpoch: 7, nextProducerId: 1000 }),
    );
    expect(image.nextProducerId).toBe(1000);
  });
});

describe("metadata transactions, as Apache Kafka writes them (KIP-868)", () => {
  const begin = metadataRecord("BeginTransactionRecord", { name: "Bootstrap records" });
  const end = metadataRecord("EndTransactionRecord", {});
  const abort = metadataRecord("AbortTransactionRecord", { reason: "tired" });

  test("one in a single batch counts as what it holds", () => {
    const image = withRecords(emptyImage, begin, topic, partition(0), end);
    expect(image).toEqual({ ...withRecords(emptyImage, topic, partition(0)), endOffset: 4 });
  });

  test("nothing of one counts before its end, however many batches it takes", () => {
    const begun = withRecords(emptyImage, begin, topic);
    const image = withRecords(begun, partition(0));
    expect(image.topicsByName.size).toBe(0);
    expect(image.endOffset).toBe(3);
    expect(withRecords(image, end).topicsByName.get("t")?.partitions).toHaveLength(1);
    expect(begun.heldBack).toHaveLength(1);
  });

  test("one that is aborted never was", () => {
    const image = withRecords(withRecords(emptyImage, registration, begin, topic), abort);
    expect(image).toEqual({ ...withRecords(emptyImage, registration), endOffset: 4 });
  });
});

describe("batches", () => {
  test("a control batch moves the log on and changes nothing else", () => {
    const bytes = buildLeaderChange(1, { baseOffset: 0, leaderEpoch: 9, timestampMs: 0 });
    expect(apply(emptyImage, new RecordBatch(asBuffer(bytes), 0))).toEqual({ ...emptyImage, endOffset: 1, epoch: 9 });
  });

  test("a batch that was applied before changes nothing; one that leaves a gap is a contradiction", () => {
    const image = withRecords(emptyImage, topic, partition(0));
    expect(apply(image, batchOf([topic, partition(0)], 0))).toBe(image);
    expect(() => apply(image, batchOf([config("1")], 5))).toThrow("the metadata log has no gap");
  });

  test("maps that nothing was written to are shared", () => {
    const image = withRecords(emptyImage, topic, registration);
    const next = withRecords(image, config("1"));
    expect(next.brokers).toBe(image.brokers);
    expect(next.topicsByName).toBe(image.topicsByName);
    expect(next.configs).not.toBe(image.configs);
  });
});

describe("any history", () => {
  const topics = ids.map((id, i) => ({ id, name: `t${i}` }));
  const step = fc.record({
    kind: fc.constantFrom("topic", "remove", "partition", "change", "config", "broker", "fence", "unregister"),
    which: fc.nat(2),
    number: fc.nat(3),
  });
  type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

  /** A record that makes sense after what has been replayed so far, or none. */
  function recordFor({ kind, which, number }: Step, image: MetadataImage): MetadataRecord | null {
    const { id, name } = topics[which] ?? { id: "", name: "" };
    const existing = image.topicsById.get(id);
    const broker = image.brokers.get(which);
    if (kind === "topic") return existing ? null : metadataRecord("TopicRecord", { name, topicId: id });
    if (kind === "config")
      return metadataRecord("ConfigRecord", {
        resourceType: 2,
        resourceName: name,
        name: `c${number}`,
        value: number === 0 ? null : "v",
      });
    if (kind === "broker")
      return metadataRecord("RegisterBrokerRecord", {
        ...registration.data,
        brokerId: which,
        brokerEpoch: image.endOffset,
      });
    if (kind === "fence" && broker)
      return metadataRecord("BrokerRegistrationChangeRecord", {
        brokerId: which,
        brokerEpoch: broker.epoch,
        fenced: number > 1 ? 1 : -1,
      });
    if (kind === "unregister" && broker)
      return metadataRecord("UnregisterBrokerRecord", { brokerId: which, brokerEpoch: broker.epoch });
    if (!existing) return null;
    if (kind === "remove") return metadataRecord("RemoveTopicRecord", { topicId: id });
    if (kind === "partition") return partition(existing.partitions.length, id);
    const partitionId = existing.partitions.length - 1;
    return kind !== "change" || partitionId < 0
      ? null
      : metadataRecord("PartitionChangeRecord", { topicId: id, partitionId, leader: number, isr: [number] });
  }

  function plain(image: MetadataImage) {
    const { brokers, topicsByName, topicsById, configs, features } = image;
    return structuredClone({
      brokers,
      topicsByName,
      topicsById,
      configs,
      features,
      endOffset: image.endOffset,
      epoch: image.epoch,
    });
  }

  test("batch by batch comes to the same as record by record, and no image ever changes", () => {
    fc.assert(
      fc.property(fc.array(fc.array(step, { maxLength: 6 }), { maxLength: 12 }), (history) => {
        const live = new ImageDraft(emptyImage);
        let image = emptyImage;
        const past: [MetadataImage, unknown][] = [];
        for (const steps of history) {
          const records: MetadataRecord[] = [];
          for (const one of steps) {
            const record = recordFor(one, live);
            if (record === null) continue;
            live.replay(record);
            live.advance(live.endOffset + 1, 3);
            records.push(record);
          }
          if (records.length === 0) continue;
          past.push([image, plain(image)]);
          image = apply(image, batchOf(records, image.endOffset));
          expect(plain(image)).toEqual(plain(live));
        }
        for (const [then, asItWas] of past) expect(plain(then)).toEqual(asItWas);
        for (const [name, one] of image.topicsByName) expect(image.topicsById.get(one.id)?.name).toBe(name);
      }),
      { seed: 1, numRuns: 200 },
    );
  });
});
