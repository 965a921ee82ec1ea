/** Whether other clients of Samsa notice that a very large group is assigned: how long the event loop is held by it. */
import { BenchBroker } from "../log/broker.js";
import { asCount, atMost, type Figure, inMs, told } from "../log/figures.js";
import { Connection } from "./connection.js";
import { ConsumerMember } from "./consumer-group.js";
import { GroupLoad } from "./group-load.js";

const MEMBERS = 1_000;
const TOPICS = Array.from({ length: 10 }, (_, index) => `bench-assignment-${index}`);
const PARTITIONS_PER_TOPIC = 1_000;
const PARTITIONS = TOPICS.length * PARTITIONS_PER_TOPIC;
/** The first groups also compile the code that assigns them: they are not counted. */
const GROUPS_UNCOUNTED = 2;
/** So long may work beside the requests hold the event loop. */
const HOLD_MS_MAX = 5;

export const largeAssignment = {
  name: "assignment",
  title: `Samsa alone: a consumer group of ${MEMBERS} members on ${PARTITIONS} partitions`,
  method:
    "How long the event loop is held while all members join, which is mostly their requests, and then while the stable " +
    "group is assigned anew since one more member has come.",
  run: (): Promise<readonly Figure[]> => BenchBroker.use({}, measure),
};

async function measure(broker: BenchBroker): Promise<readonly Figure[]> {
  for (const topic of TOPICS) await broker.createTopic(topic, PARTITIONS_PER_TOPIC);
  for (let number = 0; number < GROUPS_UNCOUNTED; number++) await assign(broker, `bench-${number}`);
  const { allJoined, oneJoined } = await assign(broker, "bench");
  return [
    told("longest hold of the event loop, all join", inMs(allJoined.longestHoldMs)),
    atMost("longest hold of the event loop, one more joins", oneJoined.longestHoldMs, HOLD_MS_MAX, inMs),
    told(
      `holds of more than ${HOLD_MS_MAX} ms: all join, one more joins`,
      [allJoined, oneJoined].map(({ longHolds }) => asCount(longHolds)).join(", "),
    ),
  ];
}

async function assign(broker: BenchBroker, groupId: string) {
  const size = { members: MEMBERS, topics: TOPICS, partitions: PARTITIONS };
  const all = await GroupLoad.connect(broker.port, groupId, size, (place) => new ConsumerMember(place));
  const connection = await Connection.connect(broker.port);
  const oneMore = new ConsumerMember({ connection, groupId, topics: TOPICS, has: () => {} });
  await broker.readProbe();
  await all.join();
  const allJoined = await broker.readProbe();
  // A join is answered when there is an assignment for the member.
  await oneMore.live(AbortSignal.abort());
  const oneJoined = await broker.readProbe();
  await oneMore.leave();
  connection.close();
  await all.leave();
  return { allJoined, oneJoined };
}
