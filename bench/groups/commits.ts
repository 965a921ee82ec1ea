/** How many commits of offsets a broker takes, when connections have always some under way. */
import { OffsetCommit } from "../../src/protocol/messages/08-offset-commit.js";
import type { ResponseReceived } from "../../src/protocol/schema/message.js";
import { type Broker, mustBeNone, worst } from "./broker.js";
import { Connection } from "./connection.js";
import { measured } from "./measured.js";
import type { Part, RoundSize, Sample } from "./part.js";

const TOPIC = "bench-commits";
const CONNECTIONS = 20;
/** As many as the Java client allows. */
const IN_FLIGHT = 5;
const SECONDS = 2;
const SECONDS_QUICK = 0.5;
const COMMIT_VERSION = 9;

export const commits: Part = {
  name: "commits",
  title: `Commits of offsets over ${CONNECTIONS} connections`,
  method:
    `Each commit is of one partition; each connection has ${IN_FLIGHT} of them under way. All of them for one group, ` +
    "and then each connection for a group of its own.",
  rounds: { full: 5, quick: 1 },
  prepare: (broker) => broker.createTopic(TOPIC, CONNECTIONS),
  round: async (broker, size) => [
    ...(await commitAll(broker, size, "one group", () => `bench-commits-${size.number}`)),
    ...(await commitAll(broker, size, "a group each", (index) => `bench-commits-${size.number}-${index}`)),
  ],
};

async function commitAll(
  broker: Broker,
  { isQuick }: RoundSize,
  how: string,
  groupIdOf: (index: number) => string,
): Promise<readonly Sample[]> {
  const connections = await Connection.connectMany(broker.port, CONNECTIONS);
  const untilMs = performance.now() + 1000 * (isQuick ? SECONDS_QUICK : SECONDS);
  let count = 0;
  const goesOn = () => {
    count++;
    return performance.now() < untilMs;
  };
  const underWay = connections.flatMap((connection, index) => {
    const place = { connection, groupId: groupIdOf(index), partitionIndex: index };
    return Array.from({ length: IN_FLIGHT }, () => place);
  });
  const taken = await measured(broker, () => Promise.all(underWay.map((place) => commitMany(place, goesOn))));
  for (const connection of connections) connection.close();
  const thousands = count / 1000;
  return [
    { what: `commits per second, ${how}`, kind: "rate", value: count / taken.seconds },
    { what: `broker CPU per 1,000 commits, ${how}`, kind: "broker CPU", value: taken.brokerCpuSeconds / thousands },
    { what: `load CPU per 1,000 commits, ${how}`, kind: "load CPU", value: taken.loadCpuSeconds / thousands },
  ];
}

interface CommittingPlace {
  readonly connection: Connection;
  readonly groupId: string;
  readonly partitionIndex: number;
}

function commitMany({ connection, groupId, partitionIndex }: CommittingPlace, goesOn: () => boolean): Promise<void> {
  const partitions = [{ partitionIndex, committedOffset: 1234, committedMetadata: "" }];
  const request = { groupId, topics: [{ name: TOPIC, partitions }] };
  const check = ({ topics }: ResponseReceived<typeof OffsetCommit>) =>
    mustBeNone(worst(topics.flatMap((topic) => topic.partitions)), "a commit");
  return connection.repeat(OffsetCommit, COMMIT_VERSION, request, check, goesOn);
}
