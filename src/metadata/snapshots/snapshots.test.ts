import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { manualEnvironment, settled } from "../../../tests/support/manual-environment.js";
import { type Leadership, type Snapshot, SnapshotReplaced } from "../engine.js";
import { emptyImage } from "../image/empty.js";
import { configKey, entityKey, type MetadataImage } from "../image/image.js";
import { partitionOfBroker1 } from "../image/image.test-data.js";
import { metadataRecord } from "../records/metadata-record.js";
import { followImages } from "./follow-images.js";
import { imageOf, snapshotBatches } from "./snapshot-batches.js";
import { SnapshotWriter } from "./snapshot-writer.js";

const uuid = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes).toString("base64url"));
const ids = fc.uniqueArray(fc.nat(9), { maxLength: 3 });
const count = fc.nat(1_000_000);
const name = fc.stringMatching(/^[a-z]{1,8}$/);
const bytes = fc.uint8Array({ maxLength: 20 });

const partition = fc.record({
  ...{ replicas: ids, isr: ids, removingReplicas: ids, addingReplicas: ids },
  ...{ eligibleLeaderReplicas: ids, lastKnownElr: ids, directories: fc.array(uuid, { maxLength: 3 }) },
  ...{ leader: fc.integer({ min: -1, max: 9 }), leaderEpoch: count, partitionEpoch: count },
  leaderRecoveryState: fc.nat(1),
});
const topic = fc.record({ name, id: uuid, partitions: fc.array(partition, { maxLength: 4 }) });
const endpoint = fc.record({ name, host: name, port: fc.nat(65_535), securityProtocol: fc.nat(3) });
const featureRange = fc.record({ name, minSupportedVersion: fc.nat(9), maxSupportedVersion: fc.nat(9) });
const broker = fc.record({
  ...{ id: fc.nat(9), incarnationId: uuid, epoch: count, endpoints: fc.array(endpoint, { maxLength: 2 }) },
  ...{ rack: fc.option(name), fenced: fc.boolean(), inControlledShutdown: fc.boolean() },
  logDirs: fc.array(uuid, { maxLength: 2 }),
  cordonedLogDirs: fc.option(fc.array(uuid, { maxLength: 2 })),
  features: fc.array(featureRange, { maxLength: 2 }),
  isMigratingZkBroker: fc.boolean(),
});
const mapOf = <T>(value: fc.Arbitrary<T>) =>
  fc.array(fc.tuple(name, value), { minLength: 1, maxLength: 3 }).map((entries) => new Map(entries));
const entity = fc.tuple(fc.constantFrom("user", "client-id"), fc.option(name)).map(([entityType, entityName]) => {
  return [{ entityType, entityName }];
});
const access = fc.record({ id: uuid, resourceName: name, principal: name, host: name }).map((entry) => {
  const types = { resourceType: 2, patternType: 3, operation: 3, permissionType: 3 };
  return metadataRecord("AccessControlEntryRecord", { ...entry, ...types });
});
const credential = fc.record({ salt: bytes, storedKey: bytes, serverKey: bytes, iterations: count });

const image: fc.Arbitrary<MetadataImage> = fc
  .record({
    ...{ endOffset: count, epoch: count, nextProducerId: count },
    keptRecords: fc.uniqueArray(access, { selector: ({ data }) => data.id, maxLength: 3 }).map((entries) => {
      return new Map(entries.map((entry) => [`access ${entry.data.id}`, entry]));
    }),
    brokers: fc.uniqueArray(broker, { selector: ({ id }) => id, maxLength: 4 }),
    topics: fc.uniqueArray(topic, { comparator: (a, b) => a.name === b.name || a.id === b.id, maxLength: 4 }),
    configs: fc.array(fc.tuple(fc.constantFrom(2, 4, 16), fc.oneof(name, fc.constant("")), mapOf(name))),
    features: mapOf(fc.integer({ min: 1, max: 30 })),
    quotas: fc.array(fc.tuple(entity, mapOf(fc.double({ noNaN: true })))),
    scramCredentials: mapOf(fc.uniqueArray(fc.tuple(fc.constantFrom(1, 2), credential), { minLength: 1 })),
  })
  .map(({ brokers, topics, configs, quotas, scramCredentials, ...rest }) => {
    return {
      ...rest,
      brokers: new Map(brokers.map((one) => [one.id, one])),
      topicsByName: new Map(topics.map((one) => [one.name, one])),
      topicsById: new Map(topics.map((one) => [one.id, one])),
      configs: new Map(configs.map(([type, resource, settings]) => [configKey(type, resource), settings])),
      clientQuotas: new Map(quotas.map(([of, values]) => [entityKey(of), { entity: of, quotas: values }])),
      scramCredentials: new Map([...scramCredentials].map(([user, all]) => [user, new Map(all)])),
      heldBack: null,
    };
  });

function snapshotOf(of: MetadataImage): Snapshot {
  return { next: of.endOffset, epoch: of.epoch, batches: snapshotBatches(of, 0) };
}

describe("a snapshot", () => {
  test("makes the image again from which it was made", async () => {
    await fc.assert(
      fc.asyncProperty(image, async (any) => {
        expect(await imageOf(snapshotOf(any))).toEqual(any);
      }),
      { seed: 7, numRuns: 300 },
    );
  });

  test("of many partitions comes in many batches, each small", async () => {
    const partitions = Array(5000).fill(partitionOfBroker1);
    const topicId = Buffer.alloc(16, 7).toString("base64url");
    const large = { name: "large", id: topicId, partitions };
    const topics = { topicsByName: new Map([["large", large]]), topicsById: new Map([[topicId, large]]) };
    const sizes: number[] = [];
    for await (const batch of snapshotBatches({ ...emptyImage, ...topics }, 0)) sizes.push(batch.length);
    expect(sizes.length).toBeGreaterThan(3);
    expect(Math.max(...sizes)).toBeLessThan(128 * 1024);
    expect((await imageOf(snapshotOf({ ...emptyImage, ...topics }))).topicsByName.get("large")).toEqual(large);
  });
});

describe("following", () => {
  test("begins with the newest snapshot, and again when the log was trimmed", async () => {
    const at = (endOffset: number): MetadataImage => ({ ...emptyImage, endOffset, epoch: 1 });
    const asked: number[] = [];
    const until = new AbortController();
    const snapshots = [at(5), at(9)];
    await followImages(
      {
        latestSnapshot: async () => snapshotOf(snapshots.shift() ?? at(9)),
        follow: async (from) => {
          asked.push(from);
          if (from === 5) return "trimmed";
          until.abort();
          return "aborted";
        },
      },
      ({ endOffset }, batchBytes) => asked.push(-endOffset, batchBytes ?? 0),
      until.signal,
    );
    expect(asked).toEqual([-5, 0, 5, -9, 0, 9]);
  });

  test("takes the newer one when a snapshot is replaced while it is read", async () => {
    const until = new AbortController();
    const seen: number[] = [];
    let asked = 0;
    const replaced: Snapshot["batches"] = {
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new SnapshotReplaced()) }),
    };
    await followImages(
      {
        latestSnapshot: async () =>
          asked++ === 0 ? { next: 5, epoch: 1, batches: replaced } : snapshotOf({ ...emptyImage, endOffset: 7 }),
        follow: async () => {
          until.abort();
          return "aborted";
        },
      },
      ({ endOffset }) => seen.push(endOffset),
      until.signal,
    );
    expect(seen).toEqual([7]);
  });
});

function writing(intervalMs = 0) {
  const environment = manualEnvironment();
  const failures: unknown[] = [];
  const writer = new SnapshotWriter({
    ...{ environment, bytesBetween: 100, intervalMs },
    onFailure: (failure) => failures.push(failure),
  });
  const saved: number[] = [];
  const lost = new AbortController();
  let fails = false;
  const leadership: Leadership = {
    ...{ epoch: 1, next: 0, lost: lost.signal, append: async () => "fenced", resign: async () => {} },
    saveSnapshot: async (next) => {
      saved.push(next);
      if (fails) throw new Error("no");
    },
  };
  const published = async (endOffset: number, batchBytes: number | null) => {
    writer.published({ ...emptyImage, endOffset }, batchBytes);
    await settled();
  };
  return { ...environment, writer, leadership, saved, failures, lost, published, fail: () => (fails = true) };
}

describe("the active controller saves one", () => {
  test("when enough was written since the last, or since the one that it has read", async () => {
    const { writer, leadership, saved, published } = writing();
    writer.lead(leadership);
    await published(10, 60);
    await published(20, null);
    await published(30, 60);
    expect(saved).toEqual([]);
    await published(40, 60);
    await published(50, 60);
    expect(saved).toEqual([40]);
    await published(60, 60);
    expect(saved).toEqual([40, 60]);
  });

  test("when the last one is old and something has changed", async () => {
    const { writer, leadership, saved, published, wire } = writing(1000);
    writer.lead(leadership);
    wire.advance(1000);
    expect(saved).toEqual([]);
    await published(10, 1);
    await published(11, 1);
    expect(saved).toEqual([10]);
  });

  test("and nobody else, nor one that has lost its leadership", async () => {
    const { writer, leadership, saved, lost, published } = writing();
    await published(10, 200);
    writer.lead(leadership);
    lost.abort();
    await published(20, 200);
    expect(saved).toEqual([]);
  });

  test("again, when the next is due, after one that failed", async () => {
    const { writer, leadership, saved, failures, published, fail } = writing();
    fail();
    writer.lead(leadership);
    await published(10, 100);
    expect(failures).toHaveLength(1);
    await published(20, 50);
    await published(30, 50);
    expect(saved).toEqual([10, 30]);
  });
});
