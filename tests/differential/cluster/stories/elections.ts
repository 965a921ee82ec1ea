/** Who leads: elections that are asked for, and those that a broker's end brings about. */
import { Produce } from "../../../../src/protocol/messages/00-produce.js";
import { OffsetForLeaderEpoch } from "../../../../src/protocol/messages/23-offset-for-leader-epoch.js";
import { ElectLeaders } from "../../../../src/protocol/messages/43-elect-leaders.js";
import { AlterPartitionReassignments } from "../../../../src/protocol/messages/45-alter-partition-reassignments.js";
import { DescribeTopicPartitions } from "../../../../src/protocol/messages/75-describe-topic-partitions.js";
import { batchOf, produceTo } from "../../requests.js";
import { type ClusterSession, story } from "../story.js";

const [PREFERRED, UNCLEAN] = [0, 1];

function elect(cluster: ClusterSession, whom: number, electionType: number, topic: string, ...partitions: number[]) {
  return cluster.ask(whom, ElectLeaders, 2, {
    electionType,
    topicPartitions: [{ topic, partitions }],
    timeoutMs: 5000,
  });
}

function describe(cluster: ClusterSession, whom: number, ...names: string[]) {
  return cluster.ask(whom, DescribeTopicPartitions, 0, { topics: names.map((name) => ({ name })) });
}

/** The replicas are turned round, so that another is preferred; the leader stays until it is asked for. */
async function preferOther(cluster: ClusterSession, name: string, partition: number, replicas: readonly number[]) {
  await cluster.silently(
    1,
    AlterPartitionReassignments,
    0,
    { timeoutMs: 5000, topics: [{ name, partitions: [{ partitionIndex: partition, replicas }] }] },
    () => true,
  );
  await cluster.shows(name, partition, { replicas });
}

export const preferredElection = story("preferred-election", async (cluster) => {
  await cluster.topic("preferred", [
    [1, 2],
    [2, 3],
    [3, 1],
  ]);
  await preferOther(cluster, "preferred", 0, [2, 1]);
  await preferOther(cluster, "preferred", 1, [3, 2]);
  await describe(cluster, 1, "preferred");
  await elect(cluster, 3, UNCLEAN, "preferred", 0, 1, 2);
  await elect(cluster, 3, PREFERRED, "preferred", 0, 2, 7);
  await cluster.shows("preferred", 0, { leader: 2 });
  await describe(cluster, 3, "preferred");
  for (const version of [0, 1, 2]) {
    await preferOther(cluster, "preferred", 2, version % 2 === 0 ? [1, 3] : [3, 1]);
    const topicPartitions = [{ topic: "preferred", partitions: [2] }];
    await cluster.ask(2, ElectLeaders, version, { electionType: PREFERRED, topicPartitions, timeoutMs: 5000 });
    await cluster.shows("preferred", 2, { leader: version % 2 === 0 ? 1 : 3 });
  }
  await cluster.ask(2, ElectLeaders, 2, { electionType: PREFERRED, topicPartitions: null, timeoutMs: 5000 });
  await cluster.shows("preferred", 1, { leader: 3 });
  await describe(cluster, 1, "preferred");
});

export const electionsWithoutBrokers = story("elections-without-brokers", async (cluster) => {
  await cluster.topic("elected", [
    [3, 1],
    [3, 2],
    [2, 3],
  ]);
  await cluster.topic("elected-alone", [[3]]);
  await cluster.topic("elected-all", [[2, 3, 1]]);
  const all = ["elected", "elected-alone", "elected-all"];
  for (const [partition, leader] of [3, 3, 2].entries()) {
    await cluster.ask(leader, Produce, 9, produceTo("elected", batchOf(["a", "b"]), { partition }));
  }
  await cluster.turn("broker 3 stops");
  await describe(cluster, 1, ...all);
  await elect(cluster, 1, PREFERRED, "elected", 0, 1, 2);
  await elect(cluster, 2, UNCLEAN, "elected", 0, 1, 2);
  for (const type of [PREFERRED, UNCLEAN]) await elect(cluster, 2, type, "elected-alone", 0);
  await cluster.ask(1, ElectLeaders, 2, { electionType: UNCLEAN, topicPartitions: null, timeoutMs: 5000 });
  await cluster.ask(2, Produce, 9, produceTo("elected", batchOf(["c"]), { partition: 1 }));
  await cluster.turn("broker 2 is killed");
  await cluster.shows("elected-all", 0, { leader: 1 });
  await describe(cluster, 1, ...all);
  await elect(cluster, 1, PREFERRED, "elected", 1, 2);
  await elect(cluster, 1, PREFERRED, "elected-all", 0);
  await elect(cluster, 1, UNCLEAN, "elected", 1, 2);
  await describe(cluster, 1, ...all);
  await cluster.turn("both return");
  await cluster.shows("elected", 0, { leader: 1, isr: [1, 3] });
  await cluster.shows("elected", 1, { isr: [2, 3] });
  await cluster.shows("elected", 2, { isr: [2, 3] });
  await cluster.shows("elected-alone", 0, { leader: 3 });
  await cluster.shows("elected-all", 0, { isr: [1, 2, 3] });
  await describe(cluster, 2, ...all);
  await elect(cluster, 3, PREFERRED, "elected", 0);
  await cluster.shows("elected", 0, { leader: 3 });
  await elect(cluster, 3, PREFERRED, "elected-all", 0);
  await cluster.shows("elected-all", 0, { leader: 2 });
  await describe(cluster, 3, ...all);
});

export const epochsAfterAnElection = story("epochs-after-an-election", async (cluster) => {
  await cluster.topic("epochs", [[1, 2]]);
  const write = (whom: number, ...values: string[]) =>
    cluster.ask(whom, Produce, 9, produceTo("epochs", batchOf(values)));
  await write(1, "0", "1");
  await preferOther(cluster, "epochs", 0, [2, 1]);
  await elect(cluster, 1, PREFERRED, "epochs", 0);
  await cluster.shows("epochs", 0, { leader: 2 });
  await write(2, "2");
  await describe(cluster, 1, "epochs");
  const ask = (whom: number, version: number, leaderEpoch: number, currentLeaderEpoch = -1) =>
    cluster.ask(whom, OffsetForLeaderEpoch, version, {
      topics: [{ topic: "epochs", partitions: [{ partition: 0, leaderEpoch, currentLeaderEpoch }] }],
    });
  for (const version of [2, 3, 4]) for (const epoch of [0, 1, 2, 3, 9]) await ask(2, version, epoch);
  await ask(2, 4, -1);
  // Who knows an older leader than the broker, a newer one, and asks the one that was.
  for (const current of [0, 1, 2, 9]) await ask(2, 4, 0, current);
  for (const current of [-1, 0, 9]) await ask(1, 4, 0, current);
  await ask(3, 4, 0);
});
