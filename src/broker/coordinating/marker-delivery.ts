import { Batches } from "../../cluster/peers/batches.js";
import { type Peers, REQUEST_TIMEOUT_MS } from "../../cluster/peers/peers.js";
import { groupedBy } from "../../lib/grouped-by.js";
import type { MetadataImage } from "../../metadata/image/image.js";
import type { Logger } from "../../observability/logger.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import { WriteTxnMarkers } from "../../protocol/messages/27-write-txn-markers.js";
import type { RequestToSend } from "../../protocol/schema/message.js";
import type { TransactionMarker } from "../../storage/producers/producer-state.js";
import { partitionSetOf, type TopicPartition } from "../../transactions/partition-set.js";
import type { TransactionMarkers } from "./transaction-markers.js";

export interface MarkerResult extends TopicPartition {
  readonly errorCode: ErrorCode;
}

interface MarkerToSend {
  readonly marker: TransactionMarker;
  readonly partitions: readonly TopicPartition[];
}

type MarkerOnWire = RequestToSend<typeof WriteTxnMarkers>["markers"][number];

/** Markers: a thousand partitions in each fit into a request. Those that may not wait are tried again. */
const limits = { itemsMax: 200, waitingMax: 100_000 } as const;

/** Takes the ends of transactions to the leaders of their partitions, to this broker or to others. */
export class MarkerDelivery {
  readonly #nodeId: number;
  readonly #markers: TransactionMarkers;
  readonly #image: () => MetadataImage;
  readonly #logger: Logger;
  readonly #batches: Batches<MarkerToSend, readonly MarkerResult[]>;

  constructor(options: {
    readonly nodeId: number;
    readonly markers: TransactionMarkers;
    readonly peers: Peers;
    readonly image: () => MetadataImage;
    readonly logger: Logger;
  }) {
    this.#nodeId = options.nodeId;
    this.#markers = options.markers;
    this.#image = options.image;
    this.#logger = options.logger;
    this.#batches = new Batches({
      limits,
      full: ({ partitions }) => all(partitions, errors.NETWORK_EXCEPTION.code),
      ask: (brokerId, items) => send(options.peers, brokerId, items),
    });
  }

  /** What became of each partition; what failed for a reason of ours is left out, and so tried again. */
  async write(marker: TransactionMarker, partitions: readonly TopicPartition[]): Promise<readonly MarkerResult[]> {
    const written = [...this.#byLeader(partitions)].map(([leader, led]) => {
      if (leader === this.#nodeId) return this.#writeHere(marker, led);
      if (leader < 0) return all(led, errors.LEADER_NOT_AVAILABLE.code);
      return this.#writeElsewhere(leader, marker, led);
    });
    return (await Promise.all(written)).flat();
  }

  /** A partition that nobody knows any more is looked for here, where it is not. */
  #byLeader(partitions: readonly TopicPartition[]): ReadonlyMap<number, readonly TopicPartition[]> {
    const { topicsByName } = this.#image();
    return groupedBy(
      partitions,
      ({ topic, partition }) => topicsByName.get(topic)?.partitions[partition]?.leader ?? this.#nodeId,
    );
  }

  async #writeElsewhere(
    leader: number,
    marker: TransactionMarker,
    partitions: readonly TopicPartition[],
  ): Promise<readonly MarkerResult[]> {
    try {
      return await this.#batches.ask(leader, { marker, partitions });
    } catch (error) {
      this.#logger.error({ err: error, leader }, "the end of a transaction could not be sent");
      return [];
    }
  }

  async #writeHere(marker: TransactionMarker, partitions: readonly TopicPartition[]): Promise<MarkerResult[]> {
    const written = partitions.map(async ({ topic, partition }) => {
      try {
        return [{ topic, partition, errorCode: await this.#markers.write(marker, topic, partition) }];
      } catch (error) {
        this.#logger.error({ err: error, topic, partition }, "the end of a transaction could not be written");
        return [];
      }
    });
    return (await Promise.all(written)).flat();
  }
}

async function send(
  peers: Peers,
  brokerId: number,
  items: readonly MarkerToSend[],
): Promise<readonly (readonly MarkerResult[])[]> {
  const request = { markers: items.map(onWire) };
  const outcome = await peers.send(brokerId, "markers", WriteTxnMarkers, request, { timeoutMs: REQUEST_TIMEOUT_MS });
  if ("errorCode" in outcome) return items.map(({ partitions }) => all(partitions, outcome.errorCode));
  // The answers come in the order of the markers. What is missing in them is tried again.
  return items.map((_, i) =>
    (outcome.response.markers[i]?.topics ?? []).flatMap(({ name: topic, partitions }) =>
      partitions.map(({ partitionIndex, errorCode }) => ({
        topic,
        partition: partitionIndex,
        errorCode: errorCode as ErrorCode,
      })),
    ),
  );
}

function onWire({ marker, partitions }: MarkerToSend): MarkerOnWire {
  const { producerId, producerEpoch, coordinatorEpoch, commit: transactionResult, transactionVersion } = marker;
  const topics = [...partitionSetOf(partitions)].map(([name, indexes]) => ({ name, partitionIndexes: [...indexes] }));
  return { producerId, producerEpoch, coordinatorEpoch, transactionResult, transactionVersion, topics };
}

function all(partitions: readonly TopicPartition[], errorCode: ErrorCode): MarkerResult[] {
  return partitions.map(({ topic, partition }) => ({ topic, partition, errorCode }));
}
