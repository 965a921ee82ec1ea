import { describe, expect, test } from "vitest";
import { MemoryShardLog } from "../../../../tests/support/memory-shard-log.js";
import { metadataRecord } from "../../../metadata/records/metadata-record.js";
import { errors } from "../../../protocol/errors.js";
import { controllerOn, SESSION_TIMEOUT_MS, uuidOf } from "../controller.test-support.js";
import { metadataRecordCodec } from "../record-codec.js";

describe("registration", () => {
  test("a broker is fenced when it registers, and its epoch is the offset of its registration", async () => {
    const controller = await controllerOn();
    const before = controller.log.endOffset;
    expect(await controller.register(1)).toEqual({ errorCode: 0, brokerEpoch: before });
    expect(controller.image.brokers.get(1)).toMatchObject({ fenced: true, epoch: before });
  });

  test("the same incarnation may register again and keeps what it has; a new one gets a new epoch", async () => {
    const controller = await controllerOn();
    await controller.serve(1);
    const epoch = controller.epochs.get(1);
    expect((await controller.register(1, { rack: "r" })).brokerEpoch).toBe(epoch);
    expect(controller.image.brokers.get(1)).toMatchObject({ fenced: false, rack: "r" });
    await controller.pass(SESSION_TIMEOUT_MS + 1);
    const again = await controller.register(1, { incarnationId: uuidOf(1, 7) });
    expect(again.brokerEpoch).toBeGreaterThan(epoch ?? 0);
    expect(controller.image.brokers.get(1)).toMatchObject({ fenced: true });
  });

  test("a broker without a number is refused: -1 stands for nobody", async () => {
    const controller = await controllerOn();
    expect((await controller.register(-1)).errorCode).toBe(errors.INVALID_REQUEST.code);
    expect(controller.image.brokers.size).toBe(0);
  });

  test("two processes with one id: the second is refused while the first one lives", async () => {
    const controller = await controllerOn();
    await controller.serve(1);
    const second = () => controller.register(1, { incarnationId: uuidOf(1, 7) });
    expect((await second()).errorCode).toBe(errors.DUPLICATE_BROKER_REGISTRATION.code);
    await controller.pass(SESSION_TIMEOUT_MS + 1);
    expect((await second()).errorCode).toBe(0);
  });

  test("nor gets a second one in before a new controller has heard of the first", async () => {
    const first = await controllerOn();
    await first.serve(1, 2);
    const second = await controllerOn(new MemoryShardLog(2, first.log.batches));
    const another = () => second.register(2, { incarnationId: uuidOf(2, 7) });
    expect((await another()).errorCode).toBe(errors.DUPLICATE_BROKER_REGISTRATION.code);
    await second.pass(SESSION_TIMEOUT_MS / 3 + 1);
    expect((await another()).errorCode).toBe(0);
  });

  test("after a restart of the whole node its broker need not wait for its own old session", async () => {
    const first = await controllerOn();
    await first.serve(1);
    await first.create("t");
    const second = await controllerOn(new MemoryShardLog(2, first.log.batches));
    expect((await second.register(1, { incarnationId: uuidOf(1, 7) })).errorCode).toBe(0);
    expect(second.partition("t")).toMatchObject({ leader: -1, isr: [], lastKnownElr: [1], leaderEpoch: 1 });
    await second.heartbeat(1);
    expect(second.partition("t")).toMatchObject({ leader: 1, isr: [1], leaderEpoch: 2, partitionEpoch: 2 });
  });

  test("a replica that Apache Kafka has taken out of sync but held eligible leads again", async () => {
    const first = await controllerOn();
    await first.serve(1);
    await first.create("t");
    const left = metadataRecord("PartitionChangeRecord", {
      ...{ topicId: first.image.topicsByName.get("t")?.id ?? "", partitionId: 0 },
      ...{ leader: -1, isr: [], eligibleLeaderReplicas: [1], lastKnownElr: [1] },
    });
    first.log.append({ records: [metadataRecordCodec.encode(left)], timestampMs: 0, producer: null });
    const second = await controllerOn(new MemoryShardLog(2, first.log.batches));
    await second.register(1, { incarnationId: uuidOf(1, 7) });
    await second.heartbeat(1);
    expect(second.partition("t")).toMatchObject({ leader: 1, isr: [1], eligibleLeaderReplicas: [], lastKnownElr: [] });
  });

  test("each of the reasons to refuse a broker has its code", async () => {
    const controller = await controllerOn();
    await controller.register(1);
    const code = async (given: Parameters<typeof controller.register>[1]) =>
      (await controller.register(2, given)).errorCode;
    expect(await code({ clusterId: "x" })).toBe(errors.INCONSISTENT_CLUSTER_ID.code);
    expect(await code({ isMigratingZkBroker: true })).toBe(errors.BROKER_ID_NOT_REGISTERED.code);
    expect(await code({ features: [] })).toBe(errors.INVALID_REGISTRATION.code);
    const tooNew = { name: "metadata.version", minSupportedVersion: 99, maxSupportedVersion: 99 };
    expect(await code({ features: [tooNew] })).toBe(errors.UNSUPPORTED_VERSION.code);
    expect(await code({ logDirs: [] })).toBe(errors.INVALID_REGISTRATION.code);
    expect(await code({ logDirs: ["AAAAAAAAAAAAAAAAAAAAAA"] })).toBe(errors.INVALID_REGISTRATION.code);
    expect(await code({ logDirs: [uuidOf(2, 1), uuidOf(2, 1)] })).toBe(errors.INVALID_REGISTRATION.code);
    expect(await code({ logDirs: [uuidOf(1, 1)] })).toBe(errors.INVALID_REGISTRATION.code);
    expect(await code({})).toBe(0);
  });
});

describe("heartbeats", () => {
  test("a broker is unfenced once it has seen its own registration", async () => {
    const controller = await controllerOn();
    await controller.register(1);
    const behind = (controller.epochs.get(1) ?? 0) - 1;
    expect(await controller.heartbeat(1, { currentMetadataOffset: behind })).toMatchObject({
      isCaughtUp: false,
      isFenced: true,
    });
    expect(await controller.heartbeat(1, { wantFence: true })).toMatchObject({ isCaughtUp: true, isFenced: true });
    expect(await controller.heartbeat(1)).toMatchObject({ isCaughtUp: true, isFenced: false });
  });

  test("a heartbeat with another epoch than the registered one is stale", async () => {
    const controller = await controllerOn();
    await controller.serve(1);
    const stale = { errorCode: errors.STALE_BROKER_EPOCH.code };
    expect(await controller.heartbeat(1, { brokerEpoch: 0 })).toMatchObject(stale);
    expect(await controller.heartbeat(9)).toMatchObject(stale);
  });

  test("a heartbeat that changes nothing writes nothing", async () => {
    const controller = await controllerOn();
    await controller.serve(1);
    const before = controller.log.endOffset;
    await controller.heartbeat(1);
    expect(controller.log.endOffset).toBe(before);
  });

  test("a broker that falls silent is fenced; its partitions go to the others in sync", async () => {
    const controller = await controllerOn();
    await controller.serve(1, 2);
    await controller.create("t", {
      numPartitions: -1,
      replicationFactor: -1,
      assignments: [{ partitionIndex: 0, brokerIds: [1, 2] }],
    });
    await controller.pass(SESSION_TIMEOUT_MS - 1);
    await controller.heartbeat(2);
    await controller.pass(1);
    expect(controller.image.brokers.get(1)?.fenced).toBe(true);
    expect(controller.partition("t")).toMatchObject({ leader: 2, isr: [2], leaderEpoch: 1, partitionEpoch: 1 });
    await controller.pass(SESSION_TIMEOUT_MS);
    expect(controller.partition("t")).toMatchObject({
      leader: -1,
      isr: [],
      eligibleLeaderReplicas: [2],
      leaderEpoch: 2,
    });
    await controller.heartbeat(1);
    expect(controller.partition("t")).toMatchObject({ leader: -1, isr: [], eligibleLeaderReplicas: [2] });
    await controller.heartbeat(2);
    expect(controller.partition("t")).toMatchObject({ leader: 2, isr: [2], leaderEpoch: 3 });
    expect(controller.bugs).toEqual([]);
  });

  test("a new controller gives every broker a fresh time, a third as long, before it fences", async () => {
    const first = await controllerOn();
    await first.serve(1, 2);
    const second = await controllerOn(new MemoryShardLog(2, first.log.batches));
    await second.pass(SESSION_TIMEOUT_MS / 3 - 1);
    await second.heartbeat(2, { brokerEpoch: second.image.brokers.get(2)?.epoch ?? -1 });
    expect(second.image.brokers.get(1)?.fenced).toBe(false);
    await second.pass(1);
    expect(second.image.brokers.get(1)?.fenced).toBe(true);
    await second.pass(SESSION_TIMEOUT_MS - 2);
    expect(second.image.brokers.get(2)?.fenced).toBe(false);
    await second.pass(1);
    expect(second.image.brokers.get(2)?.fenced).toBe(true);
  });
});

describe("a controller that no longer hears most brokers", () => {
  /** Broker 1 is heard to the end of a session, the others are silent. */
  async function cutOff(...others: readonly number[]) {
    const controller = await controllerOn();
    await controller.serve(1, ...others);
    await controller.pass(SESSION_TIMEOUT_MS - 1);
    await controller.heartbeat(1);
    await controller.pass(1);
    return controller;
  }

  function fencedIn({ image }: Awaited<ReturnType<typeof controllerOn>>): readonly number[] {
    return [...image.brokers.values()].filter(({ fenced }) => fenced).map(({ id }) => id);
  }

  test("steps down and fences nobody: it is cut off itself", async () => {
    const controller = await cutOff(2, 3);
    expect([controller.errands, fencedIn(controller)]).toEqual([["step down"], []]);
  });

  test("fences them when nobody took over and they are silent still", async () => {
    const controller = await cutOff(2, 3);
    await controller.pass(SESSION_TIMEOUT_MS / 3 - 1);
    await controller.heartbeat(1);
    await controller.pass(1);
    // One at each deadline.
    await controller.pass(1);
    expect([controller.errands, fencedIn(controller)]).toEqual([["step down"], [2, 3]]);
  });

  test.each([
    ["one of two", [2], [2]],
    ["two of five", [2, 3, 4, 5], [2, 3]],
  ])("is not one that misses %s", async (_, others, silent) => {
    const controller = await controllerOn();
    await controller.serve(1, ...others);
    await controller.pass(SESSION_TIMEOUT_MS - 1);
    for (const id of [1, ...others]) if (!silent.includes(id)) await controller.heartbeat(id);
    for (const _fenced of silent) await controller.pass(1);
    expect([controller.errands, fencedIn(controller)]).toEqual([[], silent]);
  });
});

describe("controlled shutdown", () => {
  test("the only broker hands over to nobody, and may go with its second heartbeat", async () => {
    const controller = await controllerOn();
    await controller.serve(1);
    await controller.create("t");
    expect(await controller.heartbeat(1, { wantShutDown: true })).toMatchObject({
      isFenced: false,
      shouldShutDown: false,
    });
    expect(controller.partition("t")).toMatchObject({ leader: -1, isr: [], eligibleLeaderReplicas: [1] });
    expect(await controller.heartbeat(1, { wantShutDown: true })).toMatchObject({
      isFenced: true,
      shouldShutDown: true,
    });
    expect(controller.image.brokers.get(1)).toMatchObject({ fenced: true, inControlledShutdown: true });
  });

  test("one of two waits until the other has seen that it leads now", async () => {
    const controller = await controllerOn();
    await controller.serve(1, 2);
    await controller.create("t", {
      numPartitions: -1,
      replicationFactor: -1,
      assignments: [{ partitionIndex: 0, brokerIds: [1, 2] }],
    });
    await controller.heartbeat(1, { wantShutDown: true });
    expect(controller.partition("t")).toMatchObject({ leader: 2, isr: [2] });
    expect(await controller.heartbeat(1, { wantShutDown: true })).toMatchObject({ shouldShutDown: false });
    await controller.heartbeat(2);
    expect(await controller.heartbeat(1, { wantShutDown: true })).toMatchObject({ shouldShutDown: true });
  });

  test("a broker that leads nothing, or is fenced, may go at once", async () => {
    const controller = await controllerOn();
    await controller.serve(1);
    await controller.register(2);
    expect(await controller.heartbeat(1, { wantShutDown: true })).toMatchObject({
      isFenced: true,
      shouldShutDown: true,
    });
    expect(await controller.heartbeat(2, { wantShutDown: true })).toMatchObject({
      isFenced: true,
      shouldShutDown: true,
    });
  });
});

describe("producer ids", () => {
  test("come in blocks of 1000, each given out once, also after a restart", async () => {
    const first = await controllerOn();
    await first.serve(1);
    const block = (controller: typeof first) =>
      controller.call("allocateProducerIds", { brokerId: 1, brokerEpoch: first.epochs.get(1) ?? -1 });
    expect(await block(first)).toMatchObject({ errorCode: 0, producerIdStart: 0, producerIdLen: 1000 });
    expect(await block(first)).toMatchObject({ errorCode: 0, producerIdStart: 1000 });
    const second = await controllerOn(new MemoryShardLog(2, first.log.batches));
    expect(await block(second)).toMatchObject({ errorCode: 0, producerIdStart: 2000 });
  });

  test("are for registered brokers only", async () => {
    const controller = await controllerOn();
    const stale = { errorCode: errors.STALE_BROKER_EPOCH.code, producerIdLen: 0 };
    expect(await controller.call("allocateProducerIds", { brokerId: 9, brokerEpoch: 0 })).toMatchObject(stale);
  });
});
