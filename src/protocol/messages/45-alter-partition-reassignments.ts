/**
 * AlterPartitionReassignments: moves partitions to other replicas, or stops their moves.
 *
 * 0  the first; flexible (KIP-455)
 * 1  whether the replication factor may change (KIP-860)
 */
import { array, bool, int16, int32, string } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const AlterPartitionReassignments = api({
  key: 45,
  name: "AlterPartitionReassignments",
  versions: "0-1",
  flexible: "0+",
  request: {
    timeoutMs: int32({ default: 60000 }),
    allowReplicationFactorChange: bool({ versions: "1+", default: true }),
    topics: array({
      name: string(),
      partitions: array({ partitionIndex: int32(), replicas: array(int32(), { nullable: "0+", default: null }) }),
    }),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    allowReplicationFactorChange: bool({ versions: "1+", default: true, ignorable: true }),
    errorCode: int16(),
    errorMessage: string({ nullable: "0+", default: null }),
    responses: array({
      name: string(),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
        errorMessage: string({ nullable: "0+", default: null }),
      }),
    }),
  },
});
