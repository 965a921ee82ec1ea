/**
 * UnregisterBroker: forgets a broker that will not come back.
 *
 * 0  the first; flexible (KIP-631)
 */
import { int16, int32, string } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const UnregisterBroker = api({
  key: 64,
  name: "UnregisterBroker",
  versions: "0",
  flexible: "0+",
  request: { brokerId: int32() },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    errorCode: int16(),
    errorMessage: string({ nullable: "0+", default: null }),
  },
});
