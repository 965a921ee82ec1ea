/**
 * DescribeClientQuotas: the quotas of users, client ids and addresses.
 *
 * 0  the first (KIP-546)
 * 1  flexible
 */
import { array, bool, float64, int8, int16, int32, string } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const DescribeClientQuotas = api({
  key: 48,
  name: "DescribeClientQuotas",
  versions: "0-1",
  flexible: "1+",
  request: {
    components: array({ entityType: string(), matchType: int8(), match: string({ nullable: "0+" }) }),
    strict: bool(),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    errorCode: int16(),
    errorMessage: string({ nullable: "0+", default: null }),
    entries: array(
      {
        entity: array({ entityType: string(), entityName: string({ nullable: "0+" }) }),
        values: array({ key: string(), value: float64() }),
      },
      { nullable: "0+" },
    ),
  },
});
