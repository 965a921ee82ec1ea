import { errors } from "../../protocol/errors.js";
import { OffsetForLeaderEpoch } from "../../protocol/messages/23-offset-for-leader-epoch.js";
import { clusterResource } from "../../security/authorizer.js";
import { handler } from "../handler.js";
import { ledPartition } from "../partitions/led-partition.js";

/**
 * OffsetForLeaderEpoch: where a leader epoch ends. Brokers ask it to find where their logs part (KIP-101), consumers to
 * learn whether what they read was cut off (KIP-320).
 */
export const offsetForLeaderEpoch = handler(OffsetForLeaderEpoch, { from: 0, to: 4 }, (broker, request, context) => {
  const isBroker = context.authorize("ClusterAction", "Cluster", clusterResource);
  const topics = request.topics.map(({ topic, partitions }) => {
    const mayAsk = isBroker || context.authorize("Describe", "Topic", topic);
    const answers = partitions.map(({ partition: index, currentLeaderEpoch, leaderEpoch }) => {
      if (!mayAsk) return { partition: index, errorCode: errors.TOPIC_AUTHORIZATION_FAILED.code };
      const led = ledPartition(broker, context.image, topic, index, currentLeaderEpoch);
      if ("errorCode" in led) return { partition: index, errorCode: led.errorCode };
      const { epoch, endOffset } = led.partition.epochEndOffset(leaderEpoch);
      return { partition: index, errorCode: errors.NONE.code, leaderEpoch: epoch, endOffset };
    });
    return { topic, partitions: answers };
  });
  return { topics };
});
