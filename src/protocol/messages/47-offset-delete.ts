/**
 * OffsetDelete: deletes committed offsets of a group.
 *
 * 0  the first; never made flexible (KIP-496)
 */
import { array, int16, int32, string } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const OffsetDelete = api({
  key: 47,
  name: "OffsetDelete",
  versions: "0",
  flexible: "none",
  request: {
    groupId: string(),
    topics: array({
      name: string(),
      partitions: array({
        partitionIndex: int32(),
      }),
    }),
  },
  response: {
    errorCode: int16(),
    throttleTimeMs: int32({ default: 0, ignorable: true }),
    topics: array({
      name: string(),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
      }),
    }),
  },
});
