import type { Broker } from "../../broker/broker.js";
import { CLUSTER_METADATA_TOPIC } from "../../metadata/topic-names.js";
import { errors } from "../../protocol/errors.js";
import { DescribeQuorum } from "../../protocol/messages/55-describe-quorum.js";
import type { RequestOf } from "../../protocol/schema/message.js";
import { ZERO_UUID } from "../../protocol/wire/zero-uuid.js";
import { clusterResource } from "../../security/authorizer.js";
import type { RequestContext } from "../context.js";
import { handler } from "../handler.js";

type DescribeQuorumRequest = RequestOf<typeof DescribeQuorum>;

/** DescribeQuorum: whoever is the controller leads the metadata log, and is its only voter. */
export const describeQuorum = handler(DescribeQuorum, { from: 0, to: 2 }, (broker, request, context) => {
  if (!context.authorize("Describe", "Cluster", clusterResource)) {
    return { errorCode: errors.CLUSTER_AUTHORIZATION_FAILED.code, topics: [], nodes: [] };
  }
  const isTheQuorum = asksForTheQuorum(request);
  const leaderId = broker.controller.controllerId;
  if (leaderId === null) {
    const errorMessage = "No broker is the controller now.";
    return { errorCode: errors.LEADER_NOT_AVAILABLE.code, errorMessage, topics: [], nodes: [] };
  }
  return {
    errorCode: errors.NONE.code,
    errorMessage: "",
    topics: request.topics.map(({ topicName, partitions }) => ({
      topicName,
      partitions: partitions.map(({ partitionIndex }) =>
        isTheQuorum ? describeLog(leaderId, broker, context, partitionIndex) : unknown(partitionIndex),
      ),
    })),
    nodes: isTheQuorum ? [controllerNode(leaderId, broker, context)] : [],
  };
});

/** As in Apache Kafka, whoever asks for anything else as well learns nothing. */
function asksForTheQuorum({ topics }: DescribeQuorumRequest): boolean {
  const [topic, ...others] = topics;
  const [partition, ...more] = topic?.partitions ?? [];
  const isAlone = others.length === 0 && more.length === 0;
  return isAlone && topic?.topicName === CLUSTER_METADATA_TOPIC && partition?.partitionIndex === 0;
}

function describeLog(leaderId: number, { environment }: Broker, { image }: RequestContext, partitionIndex: number) {
  const now = environment.clock.wallMs();
  return {
    partitionIndex,
    errorCode: errors.NONE.code,
    errorMessage: "",
    leaderId,
    leaderEpoch: image.epoch,
    highWatermark: image.endOffset,
    currentVoters: [
      {
        replicaId: leaderId,
        replicaDirectoryId: ZERO_UUID,
        logEndOffset: image.endOffset,
        // The leader is always where the leader is.
        lastFetchTimestamp: now,
        lastCaughtUpTimestamp: now,
      },
    ],
    observers: [],
  };
}

function unknown(partitionIndex: number) {
  return {
    partitionIndex,
    errorCode: errors.UNKNOWN_TOPIC_OR_PARTITION.code,
    errorMessage: "This server does not host this topic-partition.",
    leaderId: 0,
    leaderEpoch: 0,
    highWatermark: 0,
    currentVoters: [],
    observers: [],
  };
}

/** The controller has no listener of its own: it is asked where the broker is, under the name that it was given. */
function controllerNode(nodeId: number, { config }: Broker, context: RequestContext) {
  const name = config.network.controllerListenerNames[0] ?? "";
  const address = context.endpointOf(nodeId);
  return { nodeId, listeners: address === null ? [] : [{ name, ...address }] };
}
