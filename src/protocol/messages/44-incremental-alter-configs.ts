/**
 * IncrementalAlterConfigs: sets, resets, appends to or subtracts from single properties.
 *
 * 0  the first (KIP-339)
 * 1  flexible
 */
import { array, bool, int8, int16, int32, string } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const IncrementalAlterConfigs = api({
  key: 44,
  name: "IncrementalAlterConfigs",
  versions: "0-1",
  flexible: "1+",
  request: {
    resources: array({
      resourceType: int8(),
      resourceName: string(),
      configs: array({
        name: string(),
        configOperation: int8(),
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
