/**
 * AddOffsetsToTxn: the offsets of a group become part of a transaction before it commits to them.
 *
 * 0  the first (KIP-98)
 * 1  the throttle is the client's to keep after the answer (KIP-219)
 * 2  PRODUCER_FENCED is a possible answer (KIP-588)
 * 3  flexible
 * 4  TRANSACTION_ABORTABLE is a possible answer (KIP-890)
 */
import { id, int16, int32, string } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const AddOffsetsToTxn = api({
  key: 25,
  name: "AddOffsetsToTxn",
  versions: "0-4",
  flexible: "3+",
  request: {
    transactionalId: string(),
    producerId: id(),
    producerEpoch: int16(),
    groupId: string(),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    errorCode: int16(),
  },
});
