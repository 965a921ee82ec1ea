/**
 * DeleteRecords: moves the log start offset of partitions up.
 *
 * 0  the first (KIP-107)
 * 1  the throttle is the client's to keep after the answer (KIP-219)
 * 2  flexible
 */
import { array, int16, int32, offset, string } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const DeleteRecords = api({
  key: 21,
  name: "DeleteRecords",
  versions: "0-2",
  flexible: "2+",
  request: {
    topics: array({
      name: string(),
      partitions: array({
        partitionIndex: int32(),
        offset: offset(),
      }),
    }),
    timeoutMs: int32(),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    topics: array({
      name: string(),
      partitions: array({
        partitionIndex: int32(),
        lowWatermark: offset(),
        errorCode: int16(),
      }),
    }),
  },
});
