/**
 * ListPartitionReassignments: the moves that go on.
 *
 * 0  the first; flexible (KIP-455)
 */
import { array, int16, int32, string } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const ListPartitionReassignments = api({
  key: 46,
  name: "ListPartitionReassignments",
  versions: "0",
  flexible: "0+",
  request: {
    timeoutMs: int32({ default: 60000 }),
    topics: array({ name: string(), partitionIndexes: array(int32()) }, { nullable: "0+", default: null }),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    errorCode: int16(),
    errorMessage: string({ nullable: "0+", default: null }),
    topics: array({
      name: string(),
      partitions: array({
        partitionIndex: int32(),
        replicas: array(int32()),
        addingReplicas: array(int32()),
        removingReplicas: array(int32()),
      }),
    }),
  },
});
