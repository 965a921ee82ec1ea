/** What a client hears that asks a broker which does not lead, coordinate or hold what it asks for. */
import { Produce } from "../../../../src/protocol/messages/00-produce.js";
import { Fetch } from "../../../../src/protocol/messages/01-fetch.js";
import { ListOffsets } from "../../../../src/protocol/messages/02-list-offsets.js";
import { DeleteRecords } from "../../../../src/protocol/messages/21-delete-records.js";
import { OffsetForLeaderEpoch } from "../../../../src/protocol/messages/23-offset-for-leader-epoch.js";
import { AlterReplicaLogDirs } from "../../../../src/protocol/messages/34-alter-replica-log-dirs.js";
import { DescribeLogDirs } from "../../../../src/protocol/messages/35-describe-log-dirs.js";
import { DescribeProducers } from "../../../../src/protocol/messages/61-describe-producers.js";
import { batchOf, fetchFrom, produceTo } from "../../requests.js";
import { type ClusterSession, story } from "../story.js";

const [LATEST, EARLIEST] = [-1, -2];

/** Partition 0 is led by broker 1 and followed by broker 2; broker 3 knows of it. */
async function ledByOne(cluster: ClusterSession, name: string): Promise<string> {
  const topicId = await cluster.topic(name, [[1, 2]]);
  await cluster.ask(1, Produce, 9, produceTo(name, batchOf(["0", "1", "2"])));
  return topicId;
}

export const produceToNonLeaders = story("produce-to-non-leaders", async (cluster) => {
  const topicId = await ledByOne(cluster, "written");
  for (const whom of [2, 3]) {
    for (let version = 3; version <= 12; version += 1) {
      await cluster.ask(whom, Produce, version, produceTo("written", batchOf(["x"])));
    }
    await cluster.ask(whom, Produce, 13, produceTo("", batchOf(["x"]), { topicId }));
    await cluster.ask(whom, Produce, 9, produceTo("written", batchOf(["x"]), { acks: 1 }));
    await cluster.ask(whom, Produce, 9, produceTo("written", batchOf(["x"]), { acks: 7 }));
    await cluster.ask(whom, Produce, 9, produceTo("written", batchOf(["x"]), { partition: 7 }));
  }
});

export const fetchFromNonLeaders = story("fetch-from-non-leaders", async (cluster) => {
  const topicId = await ledByOne(cluster, "read");
  // The follower serves what it has, to clients that may read from it.
  await cluster.silently(2, Fetch, 12, fetchFrom("read", 0), ({ responses }) =>
    responses.every(({ partitions }) => partitions.every(({ highWatermark }) => highWatermark === 3)),
  );
  for (const whom of [2, 3]) {
    for (const version of [4, 7, 9, 10, 11, 12]) {
      await cluster.ask(whom, Fetch, version, fetchFrom("read", 0));
    }
    for (const version of [13, 15, 16, 17, 18]) {
      await cluster.ask(whom, Fetch, version, fetchFrom("", 0, { topicId }));
    }
  }
  for (const whom of [1, 2, 3]) {
    for (const currentLeaderEpoch of [0, 1, 9]) {
      await cluster.ask(whom, Fetch, 12, fetchFrom("read", 0, { currentLeaderEpoch }));
    }
    for (const offset of [3, 4, 99]) await cluster.ask(whom, Fetch, 12, fetchFrom("read", offset));
  }
  // As a follower, which only a leader serves; broker 3 is no replica.
  for (const whom of [1, 2]) {
    for (const replicaId of [2, 3, 9]) {
      const asFollower = { ...fetchFrom("read", 3, { currentLeaderEpoch: 0 }), maxWaitMs: 0 };
      await cluster.ask(whom, Fetch, 12, { ...asFollower, replicaId });
    }
  }
});

export const nearestReplica = story("nearest-replica", async (cluster) => {
  const topicId = await ledByOne(cluster, "near");
  await cluster.silently(2, Fetch, 12, fetchFrom("near", 0), ({ responses }) =>
    responses.every(({ partitions }) => partitions.every(({ highWatermark }) => highWatermark === 3)),
  );
  for (const rackId of ["", "rack-1", "rack-2", "rack-3", "elsewhere"]) {
    for (const version of [11, 12]) {
      await cluster.ask(1, Fetch, version, { ...fetchFrom("near", 0), rackId });
    }
    await cluster.ask(1, Fetch, 16, { ...fetchFrom("", 0, { topicId }), rackId });
    await cluster.ask(2, Fetch, 12, { ...fetchFrom("near", 1), rackId });
  }
  // An offset that the follower cannot have is the leader's to answer.
  for (const offset of [3, 4]) await cluster.ask(1, Fetch, 12, { ...fetchFrom("near", offset), rackId: "rack-2" });
  await cluster.turn("broker 2 is killed");
  await cluster.shows("near", 0, { isr: [1] });
  await cluster.ask(1, Fetch, 12, { ...fetchFrom("near", 0), rackId: "rack-2" });
});

export const offsetsFromNonLeaders = story("offsets-from-non-leaders", async (cluster) => {
  await ledByOne(cluster, "listed");
  for (const whom of [1, 2, 3]) {
    for (let version = 1; version <= 11; version += 1) {
      const at = [LATEST, EARLIEST].map((timestamp) => ({ partitionIndex: 0, timestamp }));
      for (const partition of at) {
        await cluster.ask(whom, ListOffsets, version, {
          replicaId: -1,
          topics: [{ name: "listed", partitions: [partition] }],
        });
      }
    }
    for (const currentLeaderEpoch of [0, 1, 9]) {
      const partitions = [{ partitionIndex: 0, timestamp: LATEST, currentLeaderEpoch }];
      await cluster.ask(whom, ListOffsets, 7, { replicaId: -1, topics: [{ name: "listed", partitions }] });
      const asked = [{ partition: 0, leaderEpoch: 0, currentLeaderEpoch }];
      await cluster.ask(whom, OffsetForLeaderEpoch, 4, { topics: [{ topic: "listed", partitions: asked }] });
    }
    // Marks for debugging, and a follower's question.
    for (const replicaId of [-2, 2, 3]) {
      const partitions = [{ partitionIndex: 0, timestamp: LATEST }];
      await cluster.ask(whom, ListOffsets, 7, { replicaId, topics: [{ name: "listed", partitions }] });
    }
    const asked = [{ partition: 0, leaderEpoch: 0 }];
    await cluster.ask(whom, OffsetForLeaderEpoch, 3, {
      replicaId: 2,
      topics: [{ topic: "listed", partitions: asked }],
    });
  }
});

export const deleteRecordsElsewhere = story("delete-records-elsewhere", async (cluster) => {
  await ledByOne(cluster, "shortened");
  const remove = (whom: number, version: number, offset: number) =>
    cluster.ask(whom, DeleteRecords, version, {
      topics: [{ name: "shortened", partitions: [{ partitionIndex: 0, offset }] }],
      timeoutMs: 5000,
    });
  for (const version of [0, 1, 2]) for (const whom of [2, 3]) await remove(whom, version, 1);
  await remove(1, 2, 1);
  await remove(1, 2, -1);
});

export const producersElsewhere = story("producers-elsewhere", async (cluster) => {
  await ledByOne(cluster, "produced");
  for (const whom of [1, 2, 3]) {
    const topics = [{ name: "produced", partitionIndexes: [0, 7] }];
    await cluster.ask(whom, DescribeProducers, 0, { topics });
  }
});

export const logDirsOfBrokers = story("log-dirs-of-brokers", async (cluster) => {
  await ledByOne(cluster, "on-disk");
  const paths = new Map<number, string>();
  for (const whom of [1, 2, 3]) {
    for (let version = 1; version <= 5; version += 1) {
      const topics = [{ topic: "on-disk", partitions: [0, 7] }];
      const answer = await cluster.ask(whom, DescribeLogDirs, version, { topics });
      paths.set(whom, answer?.results[0]?.logDir ?? "");
    }
  }
  for (const whom of [1, 2, 3]) {
    for (const version of [1, 2]) {
      for (const path of [paths.get(whom) ?? "", "/no/such/folder"]) {
        const topics = [{ name: "on-disk", partitions: [0, 7] }];
        await cluster.ask(whom, AlterReplicaLogDirs, version, { dirs: [{ path, topics }] });
      }
    }
  }
});
