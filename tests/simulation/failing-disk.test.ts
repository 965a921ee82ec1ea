/** A disk fails under a running broker, and works again: nobody restarts it, and nothing that was answered is lost. */
import { expect, test } from "vitest";
import type { DiskOperation } from "../../src/environments/simulated/disk.js";
import { Simulation } from "../../src/environments/simulated/simulation.js";
import { invariant } from "../../src/lib/invariant.js";
import { errors } from "../../src/protocol/errors.js";
import { OffsetCommit } from "../../src/protocol/messages/08-offset-commit.js";
import { OffsetFetch } from "../../src/protocol/messages/09-offset-fetch.js";
import { buildBatch } from "../../src/protocol/records/build-batch.js";
import { type BrokerProperties, SimulatedBroker } from "./broker.js";
import { createTopic, fetch, LATEST, offsetAt, type Place, produce } from "./calls.js";
import { SimulatedClient } from "./client.js";

const LIMITS = { eventsMax: 500_000, virtualMsMax: 600_000 };
const RETRY_MS = 1_000;
const GROUP = "readers";

interface Scene {
  readonly simulation: Simulation;
  readonly broker: SimulatedBroker;
  readonly client: SimulatedClient;
}

async function play(properties: BrokerProperties, scene: (scene: Scene) => Promise<void>): Promise<void> {
  for (let seed = 0; seed < 3; seed++) {
    const simulation = new Simulation(seed);
    const settings = { "offsets.topic.num.partitions": 1, "samsa.log.dir.retry.ms": RETRY_MS, ...properties };
    const broker = new SimulatedBroker(simulation, settings);
    const client = new SimulatedClient(simulation.host().start(), broker.address, "client");
    await simulation.run(() => scene({ simulation, broker, client }), LIMITS);
  }
}

async function newTopic(client: SimulatedClient, topic: string): Promise<Place> {
  const { errorCode, topicId } = await createTopic(client, topic, 1, {});
  invariant(errorCode === errors.NONE.code, "the topic is made");
  return { topic, topicId, partition: 0 };
}

async function send(client: SimulatedClient, place: Place): Promise<number> {
  const records = [{ timestampMs: -1, key: null, value: Buffer.from("v") }];
  return (await produce(client, place, -1, buildBatch({ records }))).errorCode;
}

async function commit(client: SimulatedClient, place: Place, committedOffset: number): Promise<number> {
  const { topics } = await client.request(OffsetCommit, 8, {
    ...{ groupId: GROUP, generationIdOrMemberEpoch: -1, memberId: "", groupInstanceId: null },
    topics: [{ name: place.topic, partitions: [{ partitionIndex: 0, committedOffset, committedMetadata: "" }] }],
  });
  return topics[0]?.partitions[0]?.errorCode ?? -1;
}

async function committed(client: SimulatedClient, place: Place) {
  const { groups } = await client.request(OffsetFetch, 8, {
    groups: [{ groupId: GROUP, topics: [{ name: place.topic, partitionIndexes: [0] }] }],
    requireStable: false,
  });
  const [group] = groups ?? [];
  const partition = group?.topics[0]?.partitions[0];
  return group?.errorCode === errors.NONE.code ? partition?.committedOffset : `error ${group?.errorCode}`;
}

const loading = `error ${errors.COORDINATOR_LOAD_IN_PROGRESS.code}`;

const failsIn =
  (folder: string) =>
  ({ kind, path }: DiskOperation) =>
    kind !== "read" && path.startsWith(folder) ? "EIO" : null;

test("one of two disks fails: its partitions are offline, those of the other are served, and all come back", async () => {
  await play({ "log.dirs": "/a,/b" }, async ({ simulation, broker, client }) => {
    await broker.start();
    const places: Place[] = [];
    for (const topic of ["one", "two", "three", "four"]) places.push(await newTopic(client, topic));
    for (const place of places) expect(await send(client, place)).toBe(errors.NONE.code);
    const { disk } = broker.host;
    disk.watch = failsIn("/b");
    const answers: number[] = [];
    for (const place of places) answers.push(await send(client, place));
    expect(new Set(answers)).toEqual(new Set([errors.NONE.code, errors.KAFKA_STORAGE_ERROR.code]));
    disk.watch = () => null;
    await simulation.sleep(3 * RETRY_MS);
    for (const [at, place] of places.entries()) {
      expect(await send(client, place)).toBe(errors.NONE.code);
      const { offset } = await offsetAt(client, place, LATEST);
      expect(offset).toBe(answers[at] === errors.NONE.code ? 3 : 2);
      const read = await fetch(client, place, 0, { minBytes: 1, maxWaitMs: 0 });
      expect(read.errorCode).toBe(errors.NONE.code);
    }
  });
});

test("the only disk fails: the coordinator and the controller are lost, and come back with what was committed", async () => {
  await play({ "samsa.log.sync": "always" }, async ({ simulation, broker, client }) => {
    await broker.start();
    const place = await newTopic(client, "orders");
    expect(await send(client, place)).toBe(errors.NONE.code);
    expect(await commit(client, place, 1)).toBe(errors.NONE.code);
    const { disk } = broker.host;
    disk.watch = failsIn("/");
    expect(await send(client, place)).toBe(errors.KAFKA_STORAGE_ERROR.code);
    expect(await commit(client, place, 5)).not.toBe(errors.NONE.code);
    expect((await createTopic(client, "more", 1, {})).errorCode).not.toBe(errors.NONE.code);
    await simulation.sleep(5 * RETRY_MS);
    expect(await send(client, place)).toBe(errors.KAFKA_STORAGE_ERROR.code);
    disk.watch = () => null;
    await simulation.sleep(5 * RETRY_MS);
    expect(await send(client, place)).toBe(errors.NONE.code);
    expect(await committed(client, place)).toBe(1);
    expect(await commit(client, place, 2)).toBe(errors.NONE.code);
    await newTopic(client, "more");
    broker.cutPower();
    client.close();
    await broker.start();
    while ((await committed(client, place)) === loading) await simulation.sleep(1);
    expect(await committed(client, place)).toBe(2);
  });
});
