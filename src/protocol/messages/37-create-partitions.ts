/**
 * CreatePartitions: adds partitions to topics.
 *
 * 0  the first (KIP-195)
 * 1  the throttle is the client's to keep after the answer (KIP-219)
 * 2  flexible
 * 3  THROTTLING_QUOTA_EXCEEDED is a possible answer (KIP-599)
 */
import { array, bool, int16, int32, string } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const CreatePartitions = api({
  key: 37,
  name: "CreatePartitions",
  versions: "0-3",
  flexible: "2+",
  request: {
    topics: array({
      name: string(),
      count: int32(),
      assignments: array(
        {
          brokerIds: array(int32()),
        },
        { nullable: "0+" },
      ),
    }),
    timeoutMs: int32(),
    validateOnly: bool(),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    results: array({
      name: string(),
      errorCode: int16(),
      errorMessage: string({ nullable: "0+", default: null }),
    }),
  },
});
