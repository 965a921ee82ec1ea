/**
 * AddPartitionsToTxn: partitions become part of a transaction before it writes to them.
 *
 * 0  the first (KIP-98)
 * 1  the throttle is the client's to keep after the answer (KIP-219)
 * 2  PRODUCER_FENCED is a possible answer (KIP-588)
 * 3  flexible; the last one for clients
 * 4  for brokers: several transactions at once, in fields of their own, and mere verification (KIP-890)
 * 5  TRANSACTION_ABORTABLE is a possible answer (KIP-890)
 */
import { array, bool, id, int16, int32, string } from "../schema/fields.js";
import { api } from "../schema/message.js";

const topic = { name: string(), partitions: array(int32()) };
const topicResult = {
  name: string(),
  resultsByPartition: array({ partitionIndex: int32(), partitionErrorCode: int16() }),
};

export const AddPartitionsToTxn = api({
  key: 24,
  name: "AddPartitionsToTxn",
  versions: "0-5",
  flexible: "3+",
  request: {
    transactions: array(
      {
        transactionalId: string(),
        producerId: id(),
        producerEpoch: int16(),
        verifyOnly: bool({ default: false }),
        topics: array(topic),
      },
      { versions: "4+", default: [] },
    ),
    v3AndBelowTransactionalId: string({ versions: "0-3", default: "" }),
    v3AndBelowProducerId: id({ versions: "0-3", default: 0 }),
    v3AndBelowProducerEpoch: int16({ versions: "0-3", default: 0 }),
    v3AndBelowTopics: array(topic, { versions: "0-3", default: [] }),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    errorCode: int16({ versions: "4+", default: 0, ignorable: true }),
    resultsByTransaction: array(
      { transactionalId: string(), topicResults: array(topicResult) },
      { versions: "4+", default: [] },
    ),
    resultsByTopicV3AndBelow: array(topicResult, { versions: "0-3", default: [] }),
  },
});
