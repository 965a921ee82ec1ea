import { beforeEach, describe, expect, test } from "vitest";
import { ManualClock, settled } from "../../../tests/support/manual-environment.js";
import { configWith } from "../../config/config.test-data.js";
import { invariant } from "../../lib/invariant.js";
import { emptyImage } from "../../metadata/image/empty.js";
import type { MetadataImage, PartitionImage } from "../../metadata/image/image.js";
import { broker1, partitionOfBroker1 } from "../../metadata/image/image.test-data.js";
import { errors } from "../../protocol/errors.js";
import { batchOf, logConfig, memoryFiles, openStore, silentLogger, topicId } from "../../storage/storage.test-data.js";
import { Replication, type ReplicationOptions } from "./replication.js";
import { noThrottle } from "./replication.test-data.js";

const replicated: PartitionImage = { ...partitionOfBroker1, replicas: [1, 2], isr: [1, 2], leaderEpoch: 3 };

let wire: ManualClock;
let replication: Replication;
let image: MetadataImage;
let files: ReturnType<typeof memoryFiles>;
let proposed: Parameters<ReplicationOptions["alterPartition"]>[0][];
let answers: ((isr: number[]) => Promise<void>)[];

beforeEach(async () => {
  wire = new ManualClock();
  image = emptyImage;
  files = memoryFiles();
  [proposed, answers] = [[], []];
  const config = configWith("replica.lag.time.max.ms=1000");
  replication = new Replication({
    ...{ nodeId: 1, clock: wire, wire, logger: silentLogger, store: await openStore(files), brokerEpoch: () => 7 },
    logConfigOf: () => logConfig,
    settings: config.replication,
    brokers: () => new Map([1, 2].map((id) => [id, { ...broker1, id, epoch: 7 }])),
    leaders: { send: () => new Promise(() => {}) },
    throttles: { leader: noThrottle, follower: noThrottle },
    alterPartition: (request) => {
      proposed.push(request);
      return new Promise((resolve) => {
        answers.push(async (isr) => {
          const answer = { partitionIndex: 0, errorCode: 0, leaderId: 1, leaderEpoch: 3, isr, partitionEpoch: 9 };
          resolve({ reply: { errorCode: 0, topics: [{ topicId, partitions: [answer] }] } });
          await settled();
        });
      });
    },
  });
});

function become(...partitions: readonly PartitionImage[]): void {
  const topic = { name: "t", id: topicId, partitions };
  const after = { ...emptyImage, topicsByName: new Map([["t", topic]]), topicsById: new Map([[topicId, topic]]) };
  replication.partitions.apply(image, after);
  image = after;
}

function led() {
  const partition = replication.partitions.get("t", 0);
  invariant(partition !== undefined, "this broker has a replica");
  return partition;
}

describe("a broker's replicas", () => {
  test("hear nothing of a change to another partition of their topic, of which there may be thousands", () => {
    become(replicated, replicated);
    const heard: number[] = [];
    for (const { index, moved } of replication.partitions.ofTopic("t")) {
      moved.attach({ mark: () => heard.push(index) });
    }
    become(replicated, { ...replicated, isr: [1], partitionEpoch: 8 });
    expect(new Set(heard)).toEqual(new Set([1]));
  });

  test("without followers cost no timer", () => {
    become({ ...replicated, replicas: [1], isr: [1] });
    expect(wire.timers).toBe(0);
    become({ ...replicated, leaderEpoch: 4 });
    expect(wire.timers).toBe(1);
    become({ ...replicated, replicas: [1], isr: [1], leaderEpoch: 5 });
    wire.advance(500);
    expect(wire.timers).toBe(0);
  });

  test("that lag leave the ISR, and what they held back is committed", async () => {
    become(replicated);
    led().append(batchOf(1), "client", -1);
    wire.advance(1_000);
    await settled();
    expect(proposed).toEqual([]);
    wire.advance(500);
    await settled();
    expect(proposed[0]).toMatchObject({ brokerId: 1, brokerEpoch: 7, topics: [{ topicId }] });
    expect(proposed[0]?.topics[0]?.partitions[0]?.newIsrWithEpochs).toEqual([{ brokerId: 1, brokerEpoch: 7 }]);
    expect(led().highWatermark).toBe(0);
    await answers[0]?.([1]);
    expect([led().highWatermark, led().leading?.isr]).toEqual([1, [1]]);
  });

  test("do not listen to an answer for a leadership that has ended", async () => {
    become(replicated);
    led().append(batchOf(1), "client", -1);
    wire.advance(1_500);
    await settled();
    become({ ...replicated, leader: 2, leaderEpoch: 4 });
    await answers[0]?.([1]);
    expect(led().highWatermark).toBe(0);
  });

  test("that move to other brokers are removed here, and who waits is told", () => {
    become(replicated);
    const partition = led();
    partition.append(batchOf(1), "client", -1);
    const lost: number[] = [];
    partition.onLost((why) => lost.push(why));
    become({ ...replicated, replicas: [2], isr: [2], leader: 2, leaderEpoch: 4 });
    expect(replication.partitions.get("t", 0)).toBeUndefined();
    expect(lost).toEqual([errors.NOT_LEADER_OR_FOLLOWER.code]);
    expect(files.list("/data").filter((name) => name === "t-0")).toEqual([]);
  });

  test("are left alone once the broker stops", async () => {
    become(replicated);
    led().append(batchOf(1), "client", -1);
    replication.close();
    wire.advance(10_000);
    await settled();
    expect([proposed.length, wire.timers]).toEqual([0, 0]);
  });
});
