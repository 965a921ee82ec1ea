/** Steps of cases in which a topic comes into being because a client asks for it. */
import { errors } from "../../src/protocol/errors.js";
import { Metadata } from "../../src/protocol/messages/03-metadata.js";
import { DescribeConfigs } from "../../src/protocol/messages/32-describe-configs.js";
import { type BrokerUnderTest, Skipped } from "./case.js";
import { eventually, expectError } from "./steps.js";

const BROKER = 4;
const { LEADER_NOT_AVAILABLE, UNKNOWN_TOPIC_OR_PARTITION } = errors;
const onTheWay: readonly number[] = [LEADER_NOT_AVAILABLE.code, UNKNOWN_TOPIC_OR_PARTITION.code];

/** Skips the case on a broker that does not create topics unasked. */
export async function needsAutomaticCreation(broker: BrokerUnderTest): Promise<void> {
  if ((await brokerConfig(broker, "auto.create.topics.enable")) === "true") return;
  throw new Skipped("the broker creates no topics unasked");
}

/** The value of a property of the first broker; null where it does not tell. */
export async function brokerConfig(broker: BrokerUnderTest, name: string): Promise<string | null> {
  const connection = await broker.connect();
  const { brokers } = await connection.request(Metadata, 5, { topics: [] });
  const resource = { resourceType: BROKER, resourceName: String(brokers[0]?.nodeId), configurationKeys: [name] };
  const { results } = await connection.request(DescribeConfigs, 2, { resources: [resource] });
  return results[0]?.configs[0]?.value ?? null;
}

/** Asks as a producer does, until all of them have leaders. Gives the numbers of their partitions. */
export async function untilItHasALeader(
  broker: BrokerUnderTest,
  topics: readonly string[],
  version = 7,
): Promise<number[]> {
  const connection = await broker.connect();
  const named = topics.map((name) => ({ name }));
  let partitions: number[] = [];
  await eventually(`${topics.join(", ")} have leaders`, async () => {
    const answer = await connection.request(Metadata, version, { topics: named });
    for (const { name, errorCode } of answer.topics) {
      if (!onTheWay.includes(errorCode)) expectError(`Metadata for ${name}`, errorCode, "NONE");
    }
    partitions = answer.topics.map((topic) => topic.partitions.length);
    return answer.topics.every(
      (topic) => topic.errorCode === 0 && topic.partitions.every(({ leaderId }) => leaderId >= 0),
    );
  });
  return partitions;
}
