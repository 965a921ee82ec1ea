/** What a broker must not forget, nor remember wrongly, over restarts, kills and power cuts. */
import { describe, expect, test } from "vitest";
import { Simulation } from "../../src/environments/simulated/simulation.js";
import { invariant } from "../../src/lib/invariant.js";
import { createLogger } from "../../src/observability/logger.js";
import { errors } from "../../src/protocol/errors.js";
import { OffsetCommit } from "../../src/protocol/messages/08-offset-commit.js";
import { OffsetFetch } from "../../src/protocol/messages/09-offset-fetch.js";
import { buildBatch } from "../../src/protocol/records/build-batch.js";
import { startBroker } from "../../src/server/start-broker.js";
import { type BrokerProperties, brokerConfig, SimulatedBroker } from "./broker.js";
import {
  createTopic,
  deleteRecords,
  deleteTopic,
  EARLIEST,
  epochEnd,
  fetch,
  LATEST,
  offsetAt,
  type Place,
  produce,
} from "./calls.js";
import { SimulatedClient } from "./client.js";
import { recordsIn } from "./records-in.js";

const LIMITS = { eventsMax: 200_000, virtualMsMax: 600_000 };
const TOPIC = "orders";

interface Scene {
  readonly simulation: Simulation;
  readonly broker: SimulatedBroker;
  /** A client with a new connection. */
  client(): SimulatedClient;
}

/** Plays the scene once per seed: what a power cut leaves is a matter of chance. */
async function play(
  seeds: number,
  properties: BrokerProperties,
  scene: (scene: Scene) => Promise<void>,
): Promise<void> {
  for (let seed = 0; seed < seeds; seed++) {
    const simulation = new Simulation(seed);
    const broker = new SimulatedBroker(simulation, { "offsets.topic.num.partitions": 1, ...properties });
    const environment = simulation.host().start();
    const client = () => new SimulatedClient(environment, broker.address, "client");
    await simulation.run(() => scene({ simulation, broker, client }), LIMITS);
  }
}

async function newTopic(client: SimulatedClient, configs: Record<string, string> = {}): Promise<Place> {
  const { errorCode, topicId } = await createTopic(client, TOPIC, 1, configs);
  invariant(errorCode === errors.NONE.code, "the topic is made");
  return { topic: TOPIC, topicId, partition: 0 };
}

async function send(client: SimulatedClient, place: Place, ...values: string[]): Promise<void> {
  const records = values.map((value) => ({ timestampMs: -1, key: null, value: Buffer.from(value) }));
  expect(await produce(client, place, -1, buildBatch({ records }))).toMatchObject({ errorCode: errors.NONE.code });
}

/** All values, in the order of their offsets. */
async function valuesIn(client: SimulatedClient, place: Place): Promise<string[]> {
  const { offset: start } = await offsetAt(client, place, EARLIEST);
  const { offset: end } = await offsetAt(client, place, LATEST);
  const values: string[] = [];
  for (let next = start; next < end; ) {
    const { errorCode, records } = await fetch(client, place, next, { minBytes: 1, maxWaitMs: 0 });
    expect(errorCode).toBe(errors.NONE.code);
    for (const { offset, value } of recordsIn(records ?? new Uint8Array())) {
      if (offset < next) continue;
      expect(offset).toBe(next++);
      values.push(value);
    }
  }
  return values;
}

describe("a restart", () => {
  test("keeps the records of a topic that was deleted and made again", async () => {
    await play(3, {}, async ({ broker, client }) => {
      await broker.start();
      await send(client(), await newTopic(client()), "of the old topic");
      await deleteTopic(client(), TOPIC);
      const place = await newTopic(client());
      await send(client(), place, "of the new topic");
      await broker.stop();
      await broker.start();
      expect(await valuesIn(client(), place)).toEqual(["of the new topic"]);
    });
  });

  test("keeps what the log knows of earlier leaders", async () => {
    await play(3, {}, async ({ broker, client }) => {
      await broker.start();
      const place = await newTopic(client());
      await send(client(), place, "a", "b");
      for (const value of ["c", "d"]) {
        await broker.stop();
        await broker.start();
        await send(client(), place, value);
      }
      expect(await epochEnd(client(), place, 0)).toMatchObject({ leaderEpoch: 0, endOffset: 2 });
    });
  });

  test("keeps what is left when records were deleted inside the last segment, and retention has looked at it", async () => {
    const properties = { "log.retention.check.interval.ms": 10, "log.initial.task.delay.ms": 0 };
    await play(3, properties, async ({ simulation, broker, client }) => {
      await broker.start();
      const place = await newTopic(client());
      await send(client(), place, "a", "b");
      await send(client(), place, "c", "d");
      await deleteRecords(client(), place, 3);
      await simulation.sleep(50);
      await send(client(), place, "e");
      expect(await valuesIn(client(), place)).toEqual(["d", "e"]);
      await broker.stop();
      await broker.start();
      expect(await valuesIn(client(), place)).toEqual(["d", "e"]);
    });
  });
});

test("a broker that cannot make its topic of groups says so and does not start", async () => {
  await play(1, { "offsets.topic.segment.bytes": 1_000 }, async ({ broker }) => {
    await expect(broker.start()).rejects.toThrow("__consumer_offsets cannot be created: INVALID_CONFIG");
  });
});

test("a broker that did not start leaves its folder to the next one", async () => {
  const simulation = new Simulation(1);
  const environment = simulation.host().start();
  const lines: string[] = [];
  const start = (properties: BrokerProperties) => {
    const logger = createLogger({ write: (line) => void lines.push(line), nowMs: () => 0, level: "warn" });
    const surroundings = { isContainer: false, hostName: "localhost", gateway: null };
    return startBroker({ config: brokerConfig(properties), environment, logger, surroundings });
  };
  await simulation.run(async () => {
    await expect(start({ "offsets.topic.segment.bytes": 1_000 })).rejects.toThrow("INVALID_CONFIG");
    const { files } = environment;
    const before = files.stat("/var/lib/samsa/data/__cluster_metadata-0/00000000000000000000.log");
    await simulation.sleep(120_000);
    expect(files.stat("/var/lib/samsa/data/__cluster_metadata-0/00000000000000000000.log")).toEqual(before);
    const broker = await start({});
    await simulation.sleep(120_000);
    await broker.stop();
    expect(lines).toEqual([]);
  }, LIMITS);
});

test("after a kill, nothing that was noted of a deleted topic is believed of a new one with its name", async () => {
  const properties = { "log.flush.offset.checkpoint.interval.ms": 10_000 };
  await play(3, properties, async ({ simulation, broker, client }) => {
    await broker.start();
    const old = await newTopic(client());
    await send(client(), old, "a", "b", "c", "d");
    await deleteRecords(client(), old, 3);
    await simulation.sleep(15_000);
    await deleteTopic(client(), TOPIC);
    const place = await newTopic(client());
    await send(client(), place, "new");
    broker.kill();
    await broker.start();
    expect(await valuesIn(client(), place)).toEqual(["new"]);
  });
});

describe("after a power cut", () => {
  test("a topic is there, even if it was made at the first start in a new folder", async () => {
    await play(20, {}, async ({ broker, client }) => {
      await broker.start();
      const place = await newTopic(client());
      broker.cutPower();
      await broker.start();
      expect(await offsetAt(client(), place, LATEST)).toMatchObject({ errorCode: errors.NONE.code, offset: 0 });
    });
  });

  test("a group does not go on in a new topic where it was in the deleted one with its name", async () => {
    await play(20, {}, async ({ simulation, broker, client }) => {
      await broker.start();
      await send(client(), await newTopic(client()), "a", "b");
      await client().request(OffsetCommit, 8, {
        groupId: "readers",
        topics: [{ name: TOPIC, partitions: [{ partitionIndex: 0, committedOffset: 2, committedMetadata: "" }] }],
      });
      await broker.stop();
      await broker.start();
      await deleteTopic(client(), TOPIC);
      broker.cutPower();
      await broker.start();
      await newTopic(client());
      // The coordinator loads its group.
      await simulation.sleep(100);
      const { groups } = await client().request(OffsetFetch, 8, {
        groups: [{ groupId: "readers", topics: [{ name: TOPIC, partitionIndexes: [0] }] }],
      });
      expect(groups[0]?.topics[0]?.partitions[0]).toMatchObject({ committedOffset: -1, errorCode: errors.NONE.code });
    });
  });
});
