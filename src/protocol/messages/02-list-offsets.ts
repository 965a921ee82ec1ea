/**
 * ListOffsets: the offset for a timestamp, or for a mark such as the log end.
 *
 * 0  several offsets per partition, by segment
 * 1  one offset and its timestamp (KIP-79)
 * 2  isolation level; response: throttle time (KIP-98)
 * 3  the throttle is the client's to keep after the answer (KIP-219)
 * 4  leader epochs in both directions (KIP-320)
 * 5  OFFSET_NOT_AVAILABLE is a possible answer (KIP-207)
 * 6  flexible
 * 7  −3 asks for the offset with the largest timestamp (KIP-734)
 * 8  −4 asks for the local log start offset (KIP-405)
 * 9  −5 asks for the last tiered offset (KIP-1005)
 * 10 a timeout for look-ups in tiered storage (KIP-1075)
 * 11 −6 asks for the first offset that is not yet tiered (KIP-1023)
 *
 * Apache Kafka 4 serves 1 and later.
 */
import { array, int8, int16, int32, offset, string, timestamp } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const ListOffsets = api({
  key: 2,
  name: "ListOffsets",
  versions: "0-11",
  flexible: "6+",
  request: {
    replicaId: int32(),
    isolationLevel: int8({ versions: "2+", default: 0 }),
    topics: array({
      name: string(),
      partitions: array({
        partitionIndex: int32(),
        currentLeaderEpoch: int32({ versions: "4+", default: -1, ignorable: true }),
        timestamp: timestamp(),
        maxNumOffsets: int32({ versions: "0", default: 1 }),
      }),
    }),
    timeoutMs: int32({ versions: "10+", default: 0, ignorable: true }),
  },
  response: {
    throttleTimeMs: int32({ versions: "2+", default: 0, ignorable: true }),
    topics: array({
      name: string(),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
        oldStyleOffsets: array(offset(), { versions: "0", default: [] }),
        timestamp: timestamp({ versions: "1+", default: -1 }),
        offset: offset({ versions: "1+", default: -1 }),
        leaderEpoch: int32({ versions: "4+", default: -1 }),
      }),
    }),
  },
});
