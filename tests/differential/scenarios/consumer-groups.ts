/** The consumer group protocol (KIP-848), where its callers are wrong: strange wishes, epochs, patterns and commits. */
import { OffsetCommit } from "../../../src/protocol/messages/08-offset-commit.js";
import { OffsetFetch } from "../../../src/protocol/messages/09-offset-fetch.js";
import { ConsumerGroupHeartbeat } from "../../../src/protocol/messages/68-consumer-group-heartbeat.js";
import { ConsumerGroupDescribe } from "../../../src/protocol/messages/69-consumer-group-describe.js";
import type { RequestToSend } from "../../../src/protocol/schema/message.js";
import { type Connection, type Session, scenario } from "../scenario.js";

type Heartbeat = Partial<RequestToSend<typeof ConsumerGroupHeartbeat>>;

const UNKNOWN_ID = "AAAAAAAAAAAAAAAAAAAACg";
const JOINS = 0;
const LEAVES = -1;
const LEAVES_FOR_NOW = -2;

/** Sends the heartbeats of one member, and knows the epoch that it was given last. */
class Member {
  readonly groupId: string;
  readonly memberId: string;
  readonly #connection: Connection;
  epoch = 0;

  constructor(connection: Connection, groupId: string, memberId: string) {
    this.#connection = connection;
    this.groupId = groupId;
    this.memberId = memberId;
  }

  async send(more: Heartbeat = {}, version = 1) {
    const { groupId, memberId, epoch: memberEpoch } = this;
    const request = { groupId, memberId, memberEpoch, ...more };
    const answer = await this.#connection.send(ConsumerGroupHeartbeat, version, request);
    if (answer.errorCode === 0) this.epoch = answer.memberEpoch;
    return answer;
  }

  join(more: Heartbeat = {}, version = 1) {
    const wishes = { rebalanceTimeoutMs: 20_000, subscribedTopicNames: [this.groupId], topicPartitions: [] };
    return this.send({ memberEpoch: JOINS, ...wishes, ...more }, version);
  }
}

async function begin(session: Session, name: string) {
  const topicId = await session.topic(name, 2);
  await session.coordinator(name);
  const connection = await session.connect();
  const member = (memberId: string) => new Member(connection, name, memberId);
  const describe = () =>
    connection.send(ConsumerGroupDescribe, 1, { groupIds: [name], includeAuthorizedOperations: false });
  return { connection, topicId, member, describe };
}

export const consumerGroupJoinErrors = scenario("consumer-group-join-errors", async (session) => {
  const { member, describe } = await begin(session, "consumer-join-errors");
  const joining = member("joining");
  const wrong: readonly Heartbeat[] = [
    { groupId: "" },
    { groupId: " " },
    { memberId: "" },
    { memberId: " \t" },
    { memberEpoch: -3 },
    { memberEpoch: 1 },
    { memberEpoch: LEAVES },
    { memberEpoch: LEAVES_FOR_NOW },
    { memberEpoch: LEAVES_FOR_NOW, instanceId: "instance" },
    { instanceId: "" },
    { instanceId: "\n" },
    { rackId: "" },
    { rackId: " " },
    { rebalanceTimeoutMs: -1 },
    { rebalanceTimeoutMs: 0 },
    { rebalanceTimeoutMs: -2 },
    { topicPartitions: null },
    { topicPartitions: [{ topicId: UNKNOWN_ID, partitions: [0] }] },
    { subscribedTopicNames: null },
    { subscribedTopicNames: [] },
    { serverAssignor: "" },
    { serverAssignor: "nobody" },
  ];
  for (const more of wrong) await joining.join(more);
  await joining.join({ memberId: "" }, 0);
  await joining.join({ subscribedTopicNames: [] }, 0);
  await joining.join({ subscribedTopicNames: ["nowhere"] });
  await describe();
});

export const consumerGroupEpochs = scenario("consumer-group-epochs", async (session) => {
  const { connection, member, topicId, describe } = await begin(session, "consumer-epochs");
  const [one, nobody] = [member("one"), member("nobody")];
  await nobody.send({ memberEpoch: 1 });
  await one.join();
  await one.send();
  const everything = [{ topicId, partitions: [0, 1] }];
  await one.send({ topicPartitions: everything });
  const { epoch } = one;
  await one.send({ memberEpoch: epoch + 1 });
  await one.send({ memberEpoch: epoch + 1, topicPartitions: everything });
  await one.send({ memberEpoch: epoch - 1 });
  await one.send({ memberEpoch: 2_147_483_647 });
  await one.send({ memberEpoch: -3 });
  await one.send({ memberEpoch: LEAVES_FOR_NOW });
  await one.send({ instanceId: "another" });
  await nobody.send({ memberEpoch: epoch });
  await nobody.send({ memberEpoch: LEAVES });
  await one.send({ topicPartitions: [{ topicId: UNKNOWN_ID, partitions: [7] }] });
  await one.send({ serverAssignor: "nobody" });
  await one.send({ subscribedTopicNames: [] });
  await one.send({ rebalanceTimeoutMs: 0 });
  one.epoch = epoch;
  await one.join();
  await describe();
  // Two join: the one that is there lags behind until it has heard of it.
  const two = member("two");
  await two.join();
  await one.send({ memberEpoch: one.epoch, topicPartitions: everything });
  await one.send({ memberEpoch: one.epoch - 1, topicPartitions: everything });
  await one.send({ memberEpoch: LEAVES });
  await one.send({ memberEpoch: LEAVES });
  // It hears of its new part: only then the group is where it was.
  await connection.sendUntil(
    ConsumerGroupHeartbeat,
    1,
    { groupId: two.groupId, memberId: two.memberId, memberEpoch: two.epoch, topicPartitions: [] },
    ({ errorCode, assignment }) => errorCode !== 0 || assignment?.topicPartitions[0]?.partitions.length === 2,
  );
  await two.send({ memberEpoch: LEAVES });
  await connection.send(ConsumerGroupDescribe, 1, { groupIds: ["", "nowhere"], includeAuthorizedOperations: false });
  await describe();
});

/** RE2: no way back, no look around, and no pattern that takes longer than the text is long. */
const refused = [
  ...["(", "[", "a{2,1}", "*", "a**", "(?P<n", "\\", "\\1", "(a)\\1", "(?=a)", "(?!a)", "(?<=a)b", "(?>a)", "a++"],
  ...["(.*)*\\1", "a{1001}", "(".repeat(1_001), "\\pX", "[b-a]", "(?z)a"],
];
const matching = [
  ...[
    "consumer-pat.*",
    "(?i)CONSUMER-PATTERNS",
    "\\Qconsumer-patterns\\E",
    "consumer\\pP\\pL+",
    "[[:alpha:]]+-patterns",
  ],
  ...[
    ".*\\bpatterns",
    "consumer-patterns|(a+)+",
    "(?P<n>consumer-patterns)",
    "(c*)*(.*)*(.*)*(.*)*-patterns",
    "^consumer-patterns$",
  ],
];
/** A whole name is meant; the middle ones stop engines that go back for hours. */
const matchingNothing = [
  "consumer-pat",
  "^consumer",
  "(a+)+$",
  "(a|a)*b",
  "(x+x+)+y",
  "((c*)*)*!",
  "x".repeat(300),
  "nothing",
];

export const consumerGroupPatterns = scenario("consumer-group-patterns", async (session) => {
  const { connection } = await begin(session, "consumer-patterns");
  let groups = 0;
  const join = (subscribedTopicRegex: string) => ({
    ...{ groupId: `consumer-patterns-${++groups}`, memberId: "member", memberEpoch: JOINS, rebalanceTimeoutMs: 20_000 },
    ...{ subscribedTopicNames: null, subscribedTopicRegex, topicPartitions: [] },
  });
  for (const pattern of refused) await connection.send(ConsumerGroupHeartbeat, 1, join(pattern));
  for (const pattern of matchingNothing) await connection.send(ConsumerGroupHeartbeat, 1, join(pattern));
  // What a pattern stands for is worked out aside: some time later, the member has its part.
  for (const pattern of matching) {
    await connection.sendUntil(ConsumerGroupHeartbeat, 1, join(pattern), ({ assignment }) => {
      return assignment !== null && assignment.topicPartitions.length > 0;
    });
  }
});

export const consumerGroupCommits = scenario("consumer-group-commits", async (session) => {
  const { connection, member, topicId } = await begin(session, "consumer-commits");
  const groupId = "consumer-commits";
  const commit = (version: number, memberId: string, generationIdOrMemberEpoch: number) => {
    const partitions = [{ partitionIndex: 0, committedOffset: 1, committedMetadata: "" }];
    const request = { groupId, memberId, generationIdOrMemberEpoch, topics: [{ name: groupId, topicId, partitions }] };
    return connection.send(OffsetCommit, version, request);
  };
  const fetch = (memberId: string | null, memberEpoch: number) => {
    const topics = [{ name: groupId, partitionIndexes: [0] }];
    return connection.send(OffsetFetch, 9, { groups: [{ groupId, memberId, memberEpoch, topics }] });
  };
  const everyWay = async (epoch: number) => {
    for (const version of [8, 9, 10]) {
      for (const asked of [epoch, epoch - 1, epoch + 1, -1]) await commit(version, "one", asked);
      await commit(version, "nobody", epoch);
      await commit(version, "", -1);
    }
    for (const asked of [epoch, epoch - 1, epoch + 1, -1]) await fetch("one", asked);
    await fetch("nobody", epoch);
    await fetch(null, -1);
  };
  await everyWay(1);
  const one = member("one");
  await one.join();
  await one.send();
  await everyWay(one.epoch);
  const { epoch } = one;
  await one.send({ memberEpoch: LEAVES });
  await everyWay(epoch);
});
