/**
 * EndTxn: commits or aborts the transaction of a producer.
 *
 * 0  the first (KIP-98)
 * 1  the throttle is the client's to keep after the answer (KIP-219)
 * 2  PRODUCER_FENCED is a possible answer (KIP-588)
 * 3  flexible
 * 4  TRANSACTION_ABORTABLE is a possible answer (KIP-890)
 * 5  every end bumps the epoch: the answer has the producer id and epoch to go on with (KIP-890)
 */
import { bool, id, int16, int32, string } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const EndTxn = api({
  key: 26,
  name: "EndTxn",
  versions: "0-5",
  flexible: "3+",
  request: {
    transactionalId: string(),
    producerId: id(),
    producerEpoch: int16(),
    committed: bool(),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    errorCode: int16(),
    producerId: id({ versions: "5+", default: -1, ignorable: true }),
    producerEpoch: int16({ versions: "5+", default: -1, ignorable: true }),
  },
});
