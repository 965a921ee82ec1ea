import { beforeEach, describe, expect, test } from "vitest";
import { settled } from "../../../tests/support/manual-environment.js";
import type { Partition } from "../../cluster/replication/partition.js";
import { Partitions } from "../../cluster/replication/partitions.js";
import { withoutPeers } from "../../cluster/replication/replication.test-data.js";
import { invariant } from "../../lib/invariant.js";
import { Waiters } from "../../lib/waiters.js";
import { emptyImage } from "../../metadata/image/empty.js";
import type { BrokerImage, MetadataImage, PartitionImage } from "../../metadata/image/image.js";
import { partitionOfBroker1 } from "../../metadata/image/image.test-data.js";
import { errors } from "../../protocol/errors.js";
import { DeleteRecords } from "../../protocol/messages/21-delete-records.js";
import { batchOf, logConfig, memoryFiles, openStore, StillClock } from "../../storage/storage.test-data.js";
import { ask, imageWith } from "../ask.test-data.js";
import { deleteRecords } from "./21-delete-records.js";

const replicated: PartitionImage = { ...partitionOfBroker1, replicas: [1, 2, 3], isr: [1, 2, 3], leaderEpoch: 3 };

let image: MetadataImage;
let partitions: Partitions;
let orders: Partition;
let wire: StillClock;
let broker: Parameters<typeof ask>[4]["broker"];
let endTurn: () => Promise<void>;

beforeEach(async () => {
  wire = new StillClock();
  const store = await openStore(memoryFiles());
  const { ports, onRole } = withoutPeers(wire);
  partitions = new Partitions({
    ...{ nodeId: 1, clock: new StillClock(), store, onRole },
    ports: { ...ports, brokers: () => image.brokers },
    logConfigOf: () => logConfig,
  });
  image = emptyImage;
  become({}, []);
  const partition = partitions.get("orders", 0);
  invariant(partition !== undefined, "broker 1 has a replica");
  orders = partition;
  const turn: (() => void)[] = [];
  const waiters = new Waiters({ wire, endOfTurn: (run) => turn.push(run) }, 10);
  broker = { partitions, park: (_, parked) => void waiters.park(parked) };
  endTurn = async () => {
    for (const run of turn.splice(0)) run();
    await settled();
  };
  orders.append(batchOf(5), "client", 1);
  for (const brokerId of [2, 3]) followerHas(brokerId, 0);
});

/** The metadata says so of orders-0, and that these brokers are fenced. */
function become(changes: Partial<PartitionImage>, fenced: readonly number[]): void {
  const one = imageWith({ orders: 1 });
  const [topic] = one.topicsByName.values();
  const [first] = one.brokers.values();
  invariant(topic !== undefined && first !== undefined, "there is one of each");
  const partitionEpoch = (image.topicsByName.get("orders")?.partitions[0]?.partitionEpoch ?? 0) + 1;
  const changed = { ...topic, partitions: [{ ...replicated, partitionEpoch, ...changes }] };
  const brokers = [1, 2, 3].map((id): [number, BrokerImage] => [id, { ...first, id, fenced: fenced.includes(id) }]);
  const topicsByName = new Map([["orders", changed]]);
  const after = { ...one, brokers: new Map(brokers), topicsByName, topicsById: new Map([[topic.id, changed]]) };
  const before = image;
  image = after;
  partitions.apply(before, after);
}

/** A follower fetches: it has all, and its log begins there. */
function followerHas(brokerId: number, logStartOffset: number): void {
  orders.followerFetched({ brokerId, brokerEpoch: 1, fetchOffset: 5, logStartOffset, nowMs: wire.monotonicMs() });
}

async function deleteBefore(offset: number, timeoutMs = 1_000) {
  const request = { timeoutMs, topics: [{ name: "orders", partitions: [{ partitionIndex: 0, offset }] }] };
  const response = await ask(deleteRecords, DeleteRecords, 2, request, { broker, image });
  const [{ errorCode, lowWatermark } = { errorCode: -1, lowWatermark: -1 }] = response.topics[0]?.partitions ?? [];
  return { errorCode, lowWatermark };
}

describe("records that are deleted", () => {
  test("are gone when every replica has moved its start", async () => {
    const answer = deleteBefore(3);
    expect(orders.logStartOffset).toBe(3);
    followerHas(2, 3);
    await endTurn();
    followerHas(3, 2);
    await endTurn();
    followerHas(3, 4);
    await endTurn();
    expect(await answer).toEqual({ errorCode: errors.NONE.code, lowWatermark: 3 });
    expect(await deleteBefore(2)).toEqual({ errorCode: errors.NONE.code, lowWatermark: 3 });
  });

  test("need not go from a broker that does not live", async () => {
    become({ isr: [1, 2] }, [3]);
    const answer = deleteBefore(-1);
    followerHas(2, 5);
    await endTurn();
    expect(await answer).toEqual({ errorCode: errors.NONE.code, lowWatermark: 5 });
  });

  test("are not known to be gone everywhere when a follower takes too long", async () => {
    const answer = deleteBefore(3, 500);
    followerHas(2, 3);
    followerHas(3, 1);
    await endTurn();
    wire.advance(500);
    expect(await answer).toEqual({ errorCode: errors.REQUEST_TIMED_OUT.code, lowWatermark: 1 });
  });

  test("are the next leader's affair when this one ceases to lead", async () => {
    const answer = deleteBefore(3);
    become({ leader: 2, leaderEpoch: 4 }, []);
    await endTurn();
    expect(await answer).toEqual({ errorCode: errors.NOT_LEADER_OR_FOLLOWER.code, lowWatermark: -1 });
  });

  test("behind what is committed are refused at once", async () => {
    expect(await deleteBefore(6)).toEqual({ errorCode: errors.OFFSET_OUT_OF_RANGE.code, lowWatermark: -1 });
  });
});
