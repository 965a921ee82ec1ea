/**
 * WriteTxnMarkers: a coordinator, or an administrator, ends transactions in the partitions that a broker leads.
 *
 * 1  flexible
 * 2  the generation of the transaction protocol, which says how the epoch is checked (KIP-1228)
 *
 * Apache Kafka 4 dropped version 0, which only brokers ever sent.
 */
import { array, bool, id, int8, int16, int32, string } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const WriteTxnMarkers = api({
  key: 27,
  name: "WriteTxnMarkers",
  versions: "1-2",
  flexible: "1+",
  request: {
    markers: array({
      producerId: id(),
      producerEpoch: int16(),
      transactionResult: bool(),
      topics: array({ name: string(), partitionIndexes: array(int32()) }),
      coordinatorEpoch: int32(),
      transactionVersion: int8({ versions: "2+", default: 0, ignorable: true }),
    }),
  },
  response: {
    markers: array({
      producerId: id(),
      topics: array({
        name: string(),
        partitions: array({ partitionIndex: int32(), errorCode: int16() }),
      }),
    }),
  },
});
