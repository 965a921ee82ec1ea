import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeRecord, encodeRecord } from "./frame.js";
import { type MetadataRecord, metadataRecord } from "./metadata-record.js";

/** Records as a controller of Apache Kafka 4.3.1 wrote them, and what its own tool says is in them. */
const written: readonly [string, MetadataRecord][] = [
  [
    "AQwAEW1ldGFkYXRhLnZlcnNpb24AHgA=",
    metadataRecord("FeatureLevelRecord", { name: "metadata.version", featureLevel: 30 }),
  ],
  [
    "AQQABAEUbWluLmluc3luYy5yZXBsaWNhcwIxAA==",
    metadataRecord("ConfigRecord", { resourceType: 4, resourceName: "", name: "min.insync.replicas", value: "1" }),
  ],
  ["ARcAAQASEkJvb3RzdHJhcCByZWNvcmRz", metadataRecord("BeginTransactionRecord", { name: "Bootstrap records" })],
  ["ARQAAA==", metadataRecord("NoOpRecord", {})],
  [
    "AQIACGZvby5iYXLSPf5JUkVG2qeH8+mduD1tAA==",
    metadataRecord("TopicRecord", { name: "foo.bar", topicId: "0j3-SVJFRtqnh_Ppnbg9bQ" }),
  ],
  [
    "AQMCAAAAANI9/klSRUbap4fz6Z24PW0CAAAAAQIAAAABAQEAAAABAAAAAAAAAAACqnokq0TitgYkR1MlANQ+TAA=",
    metadataRecord("PartitionRecord", {
      ...{ partitionId: 0, topicId: "0j3-SVJFRtqnh_Ppnbg9bQ", replicas: [1], isr: [1], leader: 1 },
      ...{ removingReplicas: [], addingReplicas: [], leaderEpoch: 0, partitionEpoch: 0 },
      directories: ["qnokq0TitgYkR1MlANQ-TA"],
    }),
  ],
  [
    "AREDAAAAAQAAAAAAAAAMAQMBAQ==",
    metadataRecord("BrokerRegistrationChangeRecord", { brokerId: 1, brokerEpoch: 12, cordonedLogDirs: [] }),
  ],
];

describe("the frame of a metadata record", () => {
  test.each(written)("%s is read as Apache Kafka meant it, and written the same", (base64, record) => {
    const bytes = Buffer.from(base64, "base64");
    expect(decodeRecord(bytes)).toEqual({ ok: true, value: record });
    expect(Buffer.from(encodeRecord(record))).toEqual(bytes);
  });

  test("a change of a registration is written in the oldest version that can say it", () => {
    const change = { brokerId: 1, brokerEpoch: 2 };
    const versionOf = (what: object) =>
      encodeRecord(metadataRecord("BrokerRegistrationChangeRecord", { ...change, ...what }))[2];
    expect(versionOf({ fenced: 1 })).toBe(0);
    expect(versionOf({ inControlledShutdown: 1 })).toBe(1);
    expect(versionOf({ logDirs: ["qnokq0TitgYkR1MlANQ-TA"] })).toBe(2);
  });

  test("what is not known is said so: frame version, kind, version of the kind", () => {
    const malformed = (...bytes: number[]) => decodeRecord(Uint8Array.from(bytes));
    expect(malformed(2, 20, 0, 0)).toEqual({ ok: false, malformed: "metadata record: frame version 2 is unknown" });
    expect(malformed(1, 99, 0, 0)).toEqual({ ok: false, malformed: "metadata record: record kind 99 is unknown" });
    expect(malformed(1, 20, 7, 0)).toEqual({
      ok: false,
      malformed: "metadata record: NoOpRecord version 7 is unknown",
    });
  });

  test("arbitrary bytes are read or refused, never a throw", () => {
    const frames = fc.tuple(fc.integer({ min: 0, max: 28 }), fc.integer({ min: 0, max: 4 }), fc.uint8Array());
    fc.assert(
      fc.property(frames, ([kind, version, rest]) => {
        expect(decodeRecord(Uint8Array.from([1, kind, version, ...rest]))).toHaveProperty("ok");
      }),
      { seed: 1, numRuns: 2000 },
    );
  });
});
