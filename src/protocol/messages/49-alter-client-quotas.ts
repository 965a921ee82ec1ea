/**
 * AlterClientQuotas: sets and removes quotas.
 *
 * 0  the first (KIP-546)
 * 1  flexible
 */
import { array, bool, float64, int16, int32, string } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const AlterClientQuotas = api({
  key: 49,
  name: "AlterClientQuotas",
  versions: "0-1",
  flexible: "1+",
  request: {
    entries: array({
      entity: array({ entityType: string(), entityName: string({ nullable: "0+" }) }),
      ops: array({ key: string(), value: float64(), remove: bool() }),
    }),
    validateOnly: bool(),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    entries: array({
      errorCode: int16(),
      errorMessage: string({ nullable: "0+", default: null }),
      entity: array({ entityType: string(), entityName: string({ nullable: "0+" }) }),
    }),
  },
});
