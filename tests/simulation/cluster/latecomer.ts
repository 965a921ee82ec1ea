/**
 * Sends what was true once: requests as of an image of the metadata that is some time old, as a connection that was thought
 * dead may still bring them. Whatever has changed since has an epoch by which the one who is asked must know, so that nobody
 * takes them for news: the leader of a partition (KIP-320), its in-sync set (KIP-497), the run of a broker (KIP-903).
 */
import { invariant } from "../../../src/lib/invariant.js";
import type { MetadataImage, PartitionImage } from "../../../src/metadata/image/image.js";
import { errors } from "../../../src/protocol/errors.js";
import { ListOffsets } from "../../../src/protocol/messages/02-list-offsets.js";
import { AlterPartition } from "../../../src/protocol/messages/56-alter-partition.js";
import { EARLIEST, only } from "../calls.js";
import type { Client } from "../client.js";
import type { Worker, WorkerOptions } from "../crash/worker.js";
import type { MetadataObserver } from "./metadata-observer.js";

/** As many as pass in a few seconds of war. */
const IMAGES_KEPT = 40;
const RECOVERED = 0;

/** A partition as it was, and the brokers as they were then. */
interface Past {
  readonly topic: string;
  readonly topicId: string;
  readonly index: number;
  readonly partition: PartitionImage;
  readonly brokers: MetadataImage["brokers"];
}

export class Latecomer implements Worker {
  readonly #options: WorkerOptions;
  readonly #observer: MetadataObserver;
  readonly #images: MetadataImage[] = [];

  constructor(options: WorkerOptions, observer: MetadataObserver) {
    this.#options = options;
    this.#observer = observer;
  }

  async step(): Promise<void> {
    const { client, random } = this.#options;
    const { image } = this.#observer;
    if (this.#images.at(-1) !== image) this.#images.push(image);
    if (this.#images.length > IMAGES_KEPT) this.#images.shift();
    const past = this.#somePast();
    const at = random.below(client.each.length);
    const broker = client.each[at];
    if (past === null || past.partition.leader < 0 || broker === undefined) return;
    // Of a topic that is deleted, another one may have the name.
    const isKept = past.topic.includes("-");
    if (isKept && random.chance(0.5)) await this.#asksOldLeader(past, broker, at + 1);
    else await this.#proposes(past, broker);
  }

  #somePast(): Past | null {
    const { random } = this.#options;
    const image = this.#images[random.below(this.#images.length)];
    const topics = [...(image?.topicsById.values() ?? [])];
    const topic = topics[random.below(topics.length)];
    if (image === undefined || topic === undefined) return null;
    const index = random.below(topic.partitions.length);
    const partition = topic.partitions[index];
    if (partition === undefined) return null;
    return { topic: topic.name, topicId: topic.id, index, partition, brokers: image.brokers };
  }

  /** Only who led in that epoch, and has not heard of a later one, takes the question. */
  async #asksOldLeader({ topic, index, partition }: Past, broker: Client, brokerId: number): Promise<void> {
    const currentLeaderEpoch = partition.leaderEpoch;
    const { topics } = await broker.request(ListOffsets, 7, {
      replicaId: -1,
      topics: [{ name: topic, partitions: [{ partitionIndex: index, currentLeaderEpoch, timestamp: EARLIEST }] }],
    });
    const { errorCode } = only(only(topics).partitions);
    if (errorCode !== errors.NONE.code) return;
    const what = `${brokerId} answers for ${topic}-${index} in epoch ${currentLeaderEpoch}, in which ${partition.leader} led`;
    invariant(brokerId === partition.leader, what);
  }

  async #proposes(past: Past, controller: Client): Promise<void> {
    const { topic, topicId, index: partitionIndex, brokers } = past;
    const { leader, leaderEpoch, partitionEpoch, replicas } = this.#proposal(past);
    const epochOf = (brokerId: number) => brokers.get(brokerId)?.epoch ?? -1;
    const newIsr = replicas.filter((replica) => replica === leader || this.#options.random.chance(0.7));
    const now = this.#observer.image;
    const after = now.topicsById.get(topicId)?.partitions[partitionIndex];
    const isReplaced = (brokerId: number) =>
      epochOf(brokerId) >= 0 && now.brokers.get(brokerId)?.epoch !== epochOf(brokerId);
    const isOld = after === undefined || leaderEpoch < after.leaderEpoch || partitionEpoch < after.partitionEpoch;
    // What is still true may be proposed by the leader alone.
    if (leader < 0 || !(isOld || newIsr.some(isReplaced))) return;
    const newIsrWithEpochs = newIsr.map((brokerId) => ({ brokerId, brokerEpoch: epochOf(brokerId) }));
    const proposed = { partitionIndex, leaderEpoch, partitionEpoch, newIsrWithEpochs, leaderRecoveryState: RECOVERED };
    const { topics } = await controller.request(AlterPartition, 3, {
      brokerId: leader,
      brokerEpoch: epochOf(leader),
      topics: [{ topicId, partitions: [proposed] }],
    });
    const [answer] = topics[0]?.partitions ?? [];
    if (answer?.errorCode !== errors.NONE.code) return;
    // A controller that was replaced and has not heard of it may say that all is as it was, and changes nothing.
    const what = `${topic}-${partitionIndex} was changed as was proposed too late: ${JSON.stringify(proposed)}`;
    invariant(answer.partitionEpoch === partitionEpoch, what);
  }

  /** Of a leader that knows the partition as it was, or as it is. */
  #proposal({ topicId, index, partition }: Past): PartitionImage {
    const now = this.#observer.image.topicsById.get(topicId)?.partitions[index];
    return this.#options.random.chance(0.5) ? partition : (now ?? partition);
  }
}
