/**
 * AssignReplicasToDirs: a broker tells the controller in which of its folders replicas lie (KIP-858).
 *
 * 0  the first
 */
import { array, id, int16, int32, uuid } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const AssignReplicasToDirs = api({
  key: 73,
  name: "AssignReplicasToDirs",
  versions: "0",
  flexible: "0+",
  request: {
    brokerId: int32(),
    brokerEpoch: id({ default: -1 }),
    directories: array({
      id: uuid(),
      topics: array({ topicId: uuid(), partitions: array({ partitionIndex: int32() }) }),
    }),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    errorCode: int16(),
    directories: array({
      id: uuid(),
      topics: array({ topicId: uuid(), partitions: array({ partitionIndex: int32(), errorCode: int16() }) }),
    }),
  },
});
