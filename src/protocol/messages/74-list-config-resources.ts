/**
 * ListConfigResources: the resources that have a configuration.
 *
 * 0  the first, for client metrics alone; flexible (KIP-714)
 * 1  all types of resources (KIP-1142)
 */
import { array, int8, int16, int32, string } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const ListConfigResources = api({
  key: 74,
  name: "ListConfigResources",
  versions: "0-1",
  flexible: "0+",
  request: { resourceTypes: array(int8(), { versions: "1+" }) },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    errorCode: int16(),
    configResources: array({
      resourceName: string(),
      resourceType: int8({ versions: "1+", default: 16, ignorable: true }),
    }),
  },
});
