/**
 * InitProducerId: a producer id and epoch, for idempotent and transactional producers.
 *
 * 0  the first (KIP-98)
 * 1  the throttle is the client's to keep after the answer (KIP-219)
 * 2  flexible
 * 3  a producer may ask to go on with its id at a higher epoch (KIP-360)
 * 4  PRODUCER_FENCED is a possible answer (KIP-588)
 * 5  TRANSACTION_ABORTABLE is a possible answer (KIP-890)
 * 6  two-phase commit, unstable in Apache Kafka 4.3 (KIP-939)
 */
import { bool, id, int16, int32, string } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const InitProducerId = api({
  key: 22,
  name: "InitProducerId",
  versions: "0-6",
  flexible: "2+",
  request: {
    transactionalId: string({ nullable: "0+" }),
    transactionTimeoutMs: int32(),
    producerId: id({ versions: "3+", default: -1 }),
    producerEpoch: int16({ versions: "3+", default: -1 }),
    enable2Pc: bool({ versions: "6+", default: false }),
    keepPreparedTxn: bool({ versions: "6+", default: false }),
  },
  response: {
    throttleTimeMs: int32({ default: 0, ignorable: true }),
    errorCode: int16(),
    producerId: id({ default: -1 }),
    producerEpoch: int16(),
    ongoingTxnProducerId: id({ versions: "6+", default: -1 }),
    ongoingTxnProducerEpoch: int16({ versions: "6+", default: -1 }),
  },
});
