/**
 * DescribeLogDirs: log directories with the size of every partition in them.
 *
 * 0  the first (KIP-113)
 * 1  the throttle is the client's to keep after the answer (KIP-219)
 * 2  flexible
 * 3  response: an error for the whole
 * 4  response: size and free space of the volume (KIP-827)
 * 5  response: whether the directory is cordoned (KIP-1066)
 *
 * Apache Kafka 4 serves 1 and later.
 */
import { array, bool, int16, int32, quantity, string } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const DescribeLogDirs = api({
  key: 35,
  name: "DescribeLogDirs",
  versions: "0-5",
  flexible: "2+",
  request: {
    topics: array(
      {
        topic: string(),
        partitions: array(int32()),
      },
      { nullable: "0+" },
    ),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    errorCode: int16({ versions: "3+", ignorable: true }),
    results: array({
      errorCode: int16(),
      logDir: string(),
      topics: array({
        name: string(),
        partitions: array({
          partitionIndex: int32(),
          partitionSize: quantity(),
          offsetLag: quantity(),
          isFutureKey: bool(),
        }),
      }),
      totalBytes: quantity({ versions: "4+", default: -1, ignorable: true }),
      usableBytes: quantity({ versions: "4+", default: -1, ignorable: true }),
      isCordoned: bool({ versions: "5+", default: false, ignorable: true }),
    }),
  },
});
