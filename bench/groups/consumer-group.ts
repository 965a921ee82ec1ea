/** A group of the consumer protocol (KIP-848): its members do what the Java client does, without its records. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { ConsumerGroupHeartbeat } from "../../src/protocol/messages/68-consumer-group-heartbeat.js";
import type { RequestToSend, ResponseReceived } from "../../src/protocol/schema/message.js";
import { mustBeNone } from "./broker.js";
import { livesOfGroups, MEMBERS, type Member, type MemberPlace, PARTITIONS, TOPIC } from "./group-load.js";
import type { Part } from "./part.js";

const HEARTBEAT_VERSION = 1;
const REBALANCE_TIMEOUT_MS = 300_000;
const [JOIN_EPOCH, LEAVE_EPOCH] = [0, -1];

type Request = Partial<RequestToSend<typeof ConsumerGroupHeartbeat>>;
type Response = ResponseReceived<typeof ConsumerGroupHeartbeat>;
type TopicPartitions = NonNullable<Response["assignment"]>["topicPartitions"];

export const consumerGroup: Part = {
  name: "consumer",
  title: `A consumer group (KIP-848) of ${MEMBERS} members on ${PARTITIONS} partitions`,
  method:
    "From the first join until every member has its part of the assignment and the whole is disjoint and complete. " +
    "Members heartbeat when the broker told them to, every 5 s, and at once when they have taken over an assignment. " +
    "Apache Kafka answers a join before there is an assignment, which the member then gets with its next heartbeat; " +
    "Samsa answers when there is one. The first group of each round does not count. " +
    "Then the stable group heartbeats as fast as it is answered; how fast that is depends on the load as much as on the " +
    "broker, so only the CPU is told.",
  rounds: { full: 3, quick: 1 },
  prepare: (broker) => broker.createTopic(TOPIC, PARTITIONS),
  round: (broker, size) => livesOfGroups(broker, size, 1, (place) => new ConsumerMember(place)),
};

export class ConsumerMember implements Member {
  readonly #place: MemberPlace;
  readonly #id = randomUUID();
  #epoch = JOIN_EPOCH;
  #owned: TopicPartitions = [];

  constructor(place: MemberPlace) {
    this.#place = place;
  }

  async live(stopped: AbortSignal): Promise<void> {
    let answer = await this.#send({
      rebalanceTimeoutMs: REBALANCE_TIMEOUT_MS,
      subscribedTopicNames: [...this.#place.topics],
      topicPartitions: [],
    });
    for (;;) {
      const { assignment, heartbeatIntervalMs } = answer;
      if (assignment !== null) this.#takeOver(assignment.topicPartitions);
      if (stopped.aborted) return;
      if (assignment === null) await sleep(heartbeatIntervalMs, undefined, { signal: stopped }).catch(() => {});
      if (stopped.aborted) return;
      answer = await this.#send(assignment === null ? {} : { topicPartitions: this.#owned });
    }
  }

  heartbeat(times: number): Promise<void> {
    const { connection, groupId } = this.#place;
    const who = { groupId, memberId: this.#id, memberEpoch: this.#epoch };
    const check = ({ errorCode }: Response) => mustBeNone(errorCode, "a heartbeat");
    let left = times;
    return connection.repeat(ConsumerGroupHeartbeat, HEARTBEAT_VERSION, who, check, () => --left > 0);
  }

  async leave(): Promise<void> {
    this.#epoch = LEAVE_EPOCH;
    await this.#send({});
  }

  #takeOver(topicPartitions: TopicPartitions): void {
    this.#owned = topicPartitions;
    this.#place.has(
      topicPartitions.flatMap(({ topicId, partitions }) => partitions.map((partition) => `${topicId}-${partition}`)),
    );
  }

  async #send(request: Request): Promise<Response> {
    const { connection, groupId } = this.#place;
    const who = { groupId, memberId: this.#id, memberEpoch: this.#epoch };
    const answer = await connection.call(ConsumerGroupHeartbeat, HEARTBEAT_VERSION, { ...who, ...request });
    mustBeNone(answer.errorCode, "a heartbeat");
    this.#epoch = answer.memberEpoch;
    return answer;
  }
}
