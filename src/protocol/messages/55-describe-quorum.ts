/**
 * DescribeQuorum: who leads the metadata log, who votes, and how far each has come.
 *
 * 0  the first; flexible (KIP-595)
 * 1  response: when each replica fetched last and was caught up last (KIP-836)
 * 2  response: error messages, directory ids, addresses of the voters (KIP-853)
 */
import { array, int16, int32, offset, string, timestamp, uint16, uuid } from "../schema/fields.js";
import { api } from "../schema/message.js";

const replicaState = {
  replicaId: int32(),
  replicaDirectoryId: uuid({ versions: "2+" }),
  logEndOffset: offset(),
  lastFetchTimestamp: timestamp({ versions: "1+", default: -1, ignorable: true }),
  lastCaughtUpTimestamp: timestamp({ versions: "1+", default: -1, ignorable: true }),
} as const;

export const DescribeQuorum = api({
  key: 55,
  name: "DescribeQuorum",
  versions: "0-2",
  flexible: "0+",
  request: { topics: array({ topicName: string(), partitions: array({ partitionIndex: int32() }) }) },
  response: {
    errorCode: int16(),
    errorMessage: string({ versions: "2+", nullable: "2+", default: null, ignorable: true }),
    topics: array({
      topicName: string(),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
        errorMessage: string({ versions: "2+", nullable: "2+", default: null, ignorable: true }),
        leaderId: int32(),
        leaderEpoch: int32(),
        highWatermark: offset(),
        currentVoters: array(replicaState),
        observers: array(replicaState),
      }),
    }),
    nodes: array(
      {
        nodeId: int32({ versions: "2+" }),
        listeners: array(
          { name: string({ versions: "2+" }), host: string({ versions: "2+" }), port: uint16({ versions: "2+" }) },
          { versions: "2+" },
        ),
      },
      { versions: "2+" },
    ),
  },
});
