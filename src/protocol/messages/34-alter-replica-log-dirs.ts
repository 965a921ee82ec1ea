/**
 * AlterReplicaLogDirs: moves replicas between the log directories of one broker.
 *
 * 0  the first (KIP-113)
 * 1  the throttle is the client's to keep after the answer (KIP-219)
 * 2  flexible
 *
 * Apache Kafka 4 serves 1 and later.
 */
import { array, int16, int32, string } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const AlterReplicaLogDirs = api({
  key: 34,
  name: "AlterReplicaLogDirs",
  versions: "0-2",
  flexible: "2+",
  request: {
    dirs: array({
      path: string(),
      topics: array({
        name: string(),
        partitions: array(int32()),
      }),
    }),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    results: array({
      topicName: string(),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
      }),
    }),
  },
});
