/**
 * CreateTopics: creates topics.
 *
 * 0  the first (KIP-4)
 * 1  validation without creation; response: error message
 * 2  response: throttle time
 * 3  the throttle is the client's to keep after the answer (KIP-219)
 * 4  −1 partitions or replicas: the broker's defaults (KIP-464)
 * 5  flexible; response: partitions, replicas and configs of the new topic (KIP-525)
 * 6  THROTTLING_QUOTA_EXCEEDED is a possible answer (KIP-599)
 * 7  response: topic id (KIP-516)
 *
 * Apache Kafka 4 serves 2 and later.
 */
import { array, bool, int8, int16, int32, string, uuid } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const CreateTopics = api({
  key: 19,
  name: "CreateTopics",
  versions: "0-7",
  flexible: "5+",
  request: {
    topics: array({
      name: string(),
      numPartitions: int32(),
      replicationFactor: int16(),
      assignments: array({
        partitionIndex: int32(),
        brokerIds: array(int32()),
      }),
      configs: array({
        name: string(),
        value: string({ nullable: "0+" }),
      }),
    }),
    timeoutMs: int32({ default: 60000 }),
    validateOnly: bool({ versions: "1+", default: false }),
  },
  response: {
    throttleTimeMs: int32({ versions: "2+", default: 0, ignorable: true }),
    topics: array({
      name: string(),
      topicId: uuid({ versions: "7+", ignorable: true }),
      errorCode: int16(),
      errorMessage: string({ versions: "1+", nullable: "0+", default: null, ignorable: true }),
      topicConfigErrorCode: int16({ versions: "5+", tag: 0, ignorable: true }),
      numPartitions: int32({ versions: "5+", default: -1, ignorable: true }),
      replicationFactor: int16({ versions: "5+", default: -1, ignorable: true }),
      configs: array(
        {
          name: string(),
          value: string({ nullable: "5+" }),
          readOnly: bool(),
          configSource: int8({ default: -1, ignorable: true }),
          isSensitive: bool(),
        },
        { versions: "5+", nullable: "5+", ignorable: true },
      ),
    }),
  },
});
