/**
 * Metadata: brokers, topics, partitions and their leaders.
 *
 * 0  an empty list of topics means all
 * 1  null means all, empty none; controller id, racks, which topics are internal
 * 2  response: cluster id (KIP-78)
 * 3  response: throttle time
 * 4  whether an unknown topic may be created (KIP-204)
 * 5  response: offline replicas (KIP-112)
 * 6  the throttle is the client's to keep after the answer (KIP-219)
 * 7  response: leader epochs (KIP-320)
 * 8  authorised operations (KIP-430)
 * 9  flexible
 * 10 response: topic ids; the request has room for them (KIP-516)
 * 11 the cluster's authorised operations moved to DescribeCluster (KIP-700)
 * 12 a request may name topics by id alone
 * 13 response: an error code for the whole (KIP-1102)
 */
import { array, bool, int16, int32, string, uuid } from "../schema/fields.js";
import { api } from "../schema/message.js";
import { ZERO_UUID } from "../wire/zero-uuid.js";

export const Metadata = api({
  key: 3,
  name: "Metadata",
  versions: "0-13",
  flexible: "9+",
  request: {
    topics: array(
      {
        topicId: uuid({ versions: "10+", default: ZERO_UUID, ignorable: true }),
        name: string({ nullable: "10+" }),
      },
      { nullable: "1+" },
    ),
    allowAutoTopicCreation: bool({ versions: "4+", default: true }),
    includeClusterAuthorizedOperations: bool({ versions: "8-10", default: false }),
    includeTopicAuthorizedOperations: bool({ versions: "8+", default: false }),
  },
  response: {
    throttleTimeMs: int32({ versions: "3+", default: 0, ignorable: true }),
    brokers: array({
      nodeId: int32(),
      host: string(),
      port: int32(),
      rack: string({ versions: "1+", nullable: "1+", default: null, ignorable: true }),
    }),
    clusterId: string({ versions: "2+", nullable: "2+", default: null, ignorable: true }),
    controllerId: int32({ versions: "1+", default: -1, ignorable: true }),
    topics: array({
      errorCode: int16(),
      name: string({ nullable: "12+" }),
      topicId: uuid({ versions: "10+", ignorable: true }),
      isInternal: bool({ versions: "1+", default: false, ignorable: true }),
      partitions: array({
        errorCode: int16(),
        partitionIndex: int32(),
        leaderId: int32(),
        leaderEpoch: int32({ versions: "7+", default: -1, ignorable: true }),
        replicaNodes: array(int32()),
        isrNodes: array(int32()),
        offlineReplicas: array(int32(), { versions: "5+", ignorable: true }),
      }),
      topicAuthorizedOperations: int32({ versions: "8+", default: -2147483648 }),
    }),
    clusterAuthorizedOperations: int32({ versions: "8-10", default: -2147483648 }),
    errorCode: int16({ versions: "13+", ignorable: true }),
  },
});
