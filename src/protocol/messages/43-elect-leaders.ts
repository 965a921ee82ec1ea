/**
 * ElectLeaders: gives leadership back to preferred replicas, or to any where none is in sync.
 *
 * 0  the first, for preferred replicas (KIP-183)
 * 1  unclean elections; response: an error of the whole (KIP-460)
 * 2  flexible
 */
import { array, int8, int16, int32, string } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const ElectLeaders = api({
  key: 43,
  name: "ElectLeaders",
  versions: "0-2",
  flexible: "2+",
  request: {
    electionType: int8({ versions: "1+" }),
    topicPartitions: array({ topic: string(), partitions: array(int32()) }, { nullable: "0+" }),
    timeoutMs: int32({ default: 60000 }),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    errorCode: int16({ versions: "1+" }),
    replicaElectionResults: array({
      topic: string(),
      partitionResult: array({
        partitionId: int32(),
        errorCode: int16(),
        errorMessage: string({ nullable: "0+", default: null }),
      }),
    }),
  },
});
