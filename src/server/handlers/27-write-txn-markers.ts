import type { Broker } from "../../broker/broker.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import { WriteTxnMarkers } from "../../protocol/messages/27-write-txn-markers.js";
import type { RequestOf } from "../../protocol/schema/message.js";
import { clusterResource } from "../../security/authorizer.js";
import { handler } from "../handler.js";
import { namedOnce, type TopicsOf } from "../partitions/named-once.js";

type Marker = RequestOf<typeof WriteTxnMarkers>["markers"][number];

const topicsOf: TopicsOf<Marker["topics"][number], number> = {
  keyOf: ({ name }) => name,
  partitionsOf: ({ partitionIndexes }) => partitionIndexes,
  indexOf: (index) => index,
  withPartitions: (topic, partitionIndexes) => ({ ...topic, partitionIndexes }),
};

/** WriteTxnMarkers: ends transactions in the partitions that this broker leads. Each marker is an append of its own. */
export const writeTxnMarkers = handler(WriteTxnMarkers, { from: 1, to: 2 }, async (broker, request, context) => {
  const isAllowed = ["Alter", "ClusterAction"] as const;
  const mayWrite = isAllowed.some((operation) => context.authorize(operation, "Cluster", clusterResource));
  const answers = request.markers.map(async (marker) => ({
    producerId: marker.producerId,
    topics: await Promise.all(
      namedOnce(marker.topics, topicsOf).map((topic) => writeAll(broker, marker, topic, mayWrite)),
    ),
  }));
  const markers = await Promise.all(answers);
  return { markers: markers.filter(({ topics }) => topics.length > 0) };
});

async function writeAll(
  broker: Broker,
  marker: Marker,
  { name, partitionIndexes }: Marker["topics"][number],
  mayWrite: boolean,
) {
  const { producerId, producerEpoch, coordinatorEpoch, transactionVersion, transactionResult: commit } = marker;
  const end = { producerId, producerEpoch, coordinatorEpoch, transactionVersion, commit };
  const write = async (index: number): Promise<ErrorCode> => {
    if (!mayWrite) return errors.CLUSTER_AUTHORIZATION_FAILED.code;
    // Whose transaction would it end?
    if (producerId < 0 || producerEpoch < 0) return errors.INVALID_REQUEST.code;
    return broker.transactionMarkers.write(end, name, index);
  };
  const partitions = partitionIndexes.map(async (partitionIndex) => ({
    partitionIndex,
    errorCode: await write(partitionIndex),
  }));
  return { name, partitions: await Promise.all(partitions) };
}
