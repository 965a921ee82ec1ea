/**
 * AlterConfigs: replaces the whole configuration of a resource: what it does not name is reset.
 *
 * 0  the first (KIP-133)
 * 1  the throttle is the client's to keep after the answer (KIP-219)
 * 2  flexible
 */
import { array, bool, int8, int16, int32, string } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const AlterConfigs = api({
  key: 33,
  name: "AlterConfigs",
  versions: "0-2",
  flexible: "2+",
  request: {
    resources: array({
      resourceType: int8(),
      resourceName: string(),
      configs: array({
        name: string(),
        value: string({ nullable: "0+" }),
      }),
    }),
    validateOnly: bool(),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    responses: array({
      errorCode: int16(),
      errorMessage: string({ nullable: "0+", default: null }),
      resourceType: int8(),
      resourceName: string(),
    }),
  },
});
