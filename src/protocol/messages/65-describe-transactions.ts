/**
 * DescribeTransactions: what the coordinator knows of the transactions of some transactional ids (KIP-664).
 *
 * 0  the first
 */
import { array, id, int16, int32, string, timestamp } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const DescribeTransactions = api({
  key: 65,
  name: "DescribeTransactions",
  versions: "0",
  flexible: "0+",
  request: {
    transactionalIds: array(string()),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    transactionStates: array({
      errorCode: int16(),
      transactionalId: string(),
      transactionState: string(),
      transactionTimeoutMs: int32(),
      transactionStartTimeMs: timestamp(),
      producerId: id(),
      producerEpoch: int16(),
      topics: array({ topic: string(), partitions: array(int32()) }),
    }),
  },
});
