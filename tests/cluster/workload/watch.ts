/** Looks at the cluster from outside, broker after broker: leaders, in-sync replicas, the controller, ends of the log. */
import { setTimeout as sleep } from "node:timers/promises";
import { CLUSTER_METADATA_TOPIC } from "../../../src/metadata/topic-names.js";
import { errors } from "../../../src/protocol/errors.js";
import { ListOffsets } from "../../../src/protocol/messages/02-list-offsets.js";
import { CreateTopics } from "../../../src/protocol/messages/19-create-topics.js";
import { DescribeQuorum } from "../../../src/protocol/messages/55-describe-quorum.js";
import type { ClusterClient } from "./cluster-client.js";

const [LIST_OFFSETS_VERSION, CREATE_TOPICS_VERSION, DESCRIBE_QUORUM_VERSION] = [6, 5, 1];
const LATEST = -1;
const BETWEEN_LOOKS_MS = 100;

/** Asks one broker; null: it does not answer. */
export async function controllerKnownTo(client: ClusterClient): Promise<{ id: number; epoch: number } | null> {
  const topics = [{ topicName: CLUSTER_METADATA_TOPIC, partitions: [{ partitionIndex: 0 }] }];
  const answer = await client.askNext(DescribeQuorum, DESCRIBE_QUORUM_VERSION, { topics });
  const log = answer?.topics[0]?.partitions[0];
  return log === undefined ? null : { id: log.leaderId, epoch: log.leaderEpoch };
}

/** With three replicas, of which two must have what is acknowledged. */
export async function createTopic(client: ClusterClient, partitions: number, until: AbortSignal): Promise<void> {
  const configs = [{ name: "min.insync.replicas", value: "2" }];
  const topic = { name: client.topic, numPartitions: partitions, replicationFactor: 3, assignments: [], configs };
  const done: readonly number[] = [errors.NONE.code, errors.TOPIC_ALREADY_EXISTS.code];
  for (;;) {
    const answer = await client.askNext(CreateTopics, CREATE_TOPICS_VERSION, { topics: [topic], timeoutMs: 5_000 });
    if (done.includes(answer?.topics[0]?.errorCode ?? -1)) return;
    until.throwIfAborted();
    await sleep(BETWEEN_LOOKS_MS);
  }
}

/** Until every partition has a leader and all of its replicas in sync; false: it did not come to that. */
export async function allInSync(client: ClusterClient, replicas: number, until: AbortSignal): Promise<boolean> {
  for (;;) {
    const partitions = await client.look();
    if (partitions.length > 0 && partitions.every(({ leader, isr }) => leader && isr.length === replicas)) return true;
    if (until.aborted) return false;
    await sleep(BETWEEN_LOOKS_MS);
  }
}

/** Where the partition ends once no transaction is open in it; null: one stayed open. */
export async function endOf(client: ClusterClient, partition: number, until: AbortSignal): Promise<number | null> {
  for (;;) {
    const [all, stable] = [await latest(client, partition, 0), await latest(client, partition, 1)];
    if (all !== null && all === stable) return all;
    if (until.aborted) return null;
    client.forget();
    await sleep(BETWEEN_LOOKS_MS);
  }
}

async function latest(client: ClusterClient, partition: number, isolationLevel: number): Promise<number | null> {
  const leader = await client.leaderOf(partition);
  if (leader === null) return null;
  const partitions = [{ partitionIndex: partition, timestamp: LATEST }];
  const request = { replicaId: -1, isolationLevel, topics: [{ name: client.topic, partitions }] };
  const answer = await client.ask(leader, ListOffsets, LIST_OFFSETS_VERSION, request);
  const answered = answer?.topics[0]?.partitions[0];
  return answered?.errorCode === errors.NONE.code ? answered.offset : null;
}
