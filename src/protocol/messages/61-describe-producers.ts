/**
 * DescribeProducers: the producers that a partition remembers, and where their open transactions begin (KIP-664).
 *
 * 0  the first
 */
import { array, id, int16, int32, offset, string, timestamp } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const DescribeProducers = api({
  key: 61,
  name: "DescribeProducers",
  versions: "0",
  flexible: "0+",
  request: {
    topics: array({ name: string(), partitionIndexes: array(int32()) }),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    topics: array({
      name: string(),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
        errorMessage: string({ nullable: "0+", default: null }),
        activeProducers: array({
          producerId: id(),
          producerEpoch: int32(),
          lastSequence: int32({ default: -1 }),
          lastTimestamp: timestamp({ default: -1 }),
          coordinatorEpoch: int32(),
          currentTxnStartOffset: offset({ default: -1 }),
        }),
      }),
    }),
  },
});
