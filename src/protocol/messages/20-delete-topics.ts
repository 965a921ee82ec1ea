/**
 * DeleteTopics: deletes topics.
 *
 * 0  the first (KIP-4)
 * 1  response: throttle time
 * 2  the throttle is the client's to keep after the answer (KIP-219)
 * 3  TOPIC_DELETION_DISABLED is a possible answer (KIP-322)
 * 4  flexible
 * 5  response: error message; THROTTLING_QUOTA_EXCEEDED is a possible answer (KIP-599)
 * 6  topics by id or by name (KIP-516)
 *
 * Apache Kafka 4 serves 1 and later.
 */
import { array, int16, int32, string, uuid } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const DeleteTopics = api({
  key: 20,
  name: "DeleteTopics",
  versions: "0-6",
  flexible: "4+",
  request: {
    topics: array(
      {
        name: string({ nullable: "6+", default: null }),
        topicId: uuid(),
      },
      { versions: "6+", default: [] },
    ),
    topicNames: array(string(), { versions: "0-5", default: [], ignorable: true }),
    timeoutMs: int32(),
  },
  response: {
    throttleTimeMs: int32({ versions: "1+", default: 0, ignorable: true }),
    responses: array({
      name: string({ nullable: "6+" }),
      topicId: uuid({ versions: "6+", ignorable: true }),
      errorCode: int16(),
      errorMessage: string({ versions: "5+", nullable: "5+", default: null, ignorable: true }),
    }),
  },
});
