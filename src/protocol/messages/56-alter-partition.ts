/**
 * AlterPartition: a leader proposes who is in sync with it, and the controller writes it down (KIP-497).
 *
 * 0  the first, dropped by Apache Kafka 4 as is 1: they name topics
 * 2  topics by their ids (KIP-841)
 * 3  every replica with the epoch of its broker (KIP-903)
 */
import { array, id, int8, int16, int32, uuid } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const AlterPartition = api({
  key: 56,
  name: "AlterPartition",
  versions: "2-3",
  flexible: "0+",
  request: {
    brokerId: int32(),
    brokerEpoch: id({ default: -1 }),
    topics: array({
      topicId: uuid({ ignorable: true }),
      partitions: array({
        partitionIndex: int32(),
        leaderEpoch: int32(),
        newIsr: array(int32(), { versions: "0-2", default: [] }),
        newIsrWithEpochs: array(
          { brokerId: int32(), brokerEpoch: id({ default: -1 }) },
          { versions: "3+", default: [] },
        ),
        leaderRecoveryState: int8({ default: 0 }),
        partitionEpoch: int32(),
      }),
    }),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    errorCode: int16(),
    topics: array({
      topicId: uuid({ ignorable: true }),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
        leaderId: int32(),
        leaderEpoch: int32(),
        isr: array(int32()),
        leaderRecoveryState: int8({ default: 0, ignorable: true }),
        partitionEpoch: int32(),
      }),
    }),
  },
});
