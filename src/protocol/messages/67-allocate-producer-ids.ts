/**
 * AllocateProducerIds: a broker asks the controller for a block of producer ids to give out (KIP-730).
 *
 * 0  the first
 */
import { id, int16, int32 } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const AllocateProducerIds = api({
  key: 67,
  name: "AllocateProducerIds",
  versions: "0",
  flexible: "0+",
  request: {
    brokerId: int32(),
    brokerEpoch: id({ default: -1 }),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    errorCode: int16(),
    producerIdStart: id(),
    producerIdLen: int32(),
  },
});
