/** A client that is a member of a consumer group (KIP-848), as far as the group can tell, and the topics that it reads. */
import { emptyImage } from "../metadata/image/empty.js";
import type { MetadataImage, TopicImage } from "../metadata/image/image.js";
import { partitionOfBroker1 } from "../metadata/image/image.test-data.js";
import type { ConsumerGroupHeartbeatCall, ConsumerGroupHeartbeatReply } from "./calls.js";
import type { GroupConfig } from "./group-config.js";
import { type Answer, GroupShard } from "./group-shard.test-support.js";

/** Numbers of partitions by topic name. The id of a topic is its name with a number, so that it can be made anew. */
export type Topics = Readonly<Record<string, number>>;

export function metadataWith(topics: Topics, life = 1): MetadataImage {
  const images = Object.entries(topics).map(([name, partitionCount]): TopicImage => {
    return {
      name,
      id: topicId(name, life),
      partitions: Array.from({ length: partitionCount }, () => partitionOfBroker1),
    };
  });
  return {
    ...emptyImage,
    topicsByName: new Map(images.map((image) => [image.name, image])),
    topicsById: new Map(images.map((image) => [image.id, image])),
  };
}

/** 22 characters, as ids have. */
export function topicId(name: string, life = 1): string {
  return `${name}${life}`.padEnd(21, "-").concat("A");
}

type Request = Partial<ConsumerGroupHeartbeatCall>;

export class TestConsumer {
  readonly shard: GroupShard;
  readonly memberId: string;
  readonly instanceId: string | null;
  topics: readonly string[] | null = ["t"];
  regex: string | null = null;
  assignor: string | null = null;
  epoch = 0;
  /** What it has, as `t1/0`; what it is told to give up it gives up with the next heartbeat. */
  owned: ReadonlyMap<string, ReadonlySet<number>> = new Map();
  #join: Answer<ConsumerGroupHeartbeatReply> | null = null;

  constructor(shard: GroupShard, memberId: string, instanceId: string | null = null) {
    this.shard = shard;
    this.memberId = memberId;
    this.instanceId = instanceId;
  }

  get partitions(): string[] {
    return [...this.owned].flatMap(([id, partitions]) => [...partitions].map((index) => `${id[0]}${index}`)).sort();
  }

  get isJoining(): boolean {
    return this.#join !== null;
  }

  join(request: Request = {}): Answer<ConsumerGroupHeartbeatReply> {
    this.epoch = 0;
    this.owned = new Map();
    const { topics: subscribedTopicNames, regex: subscribedTopicRegex, assignor: serverAssignor } = this;
    const wishes = { subscribedTopicNames, subscribedTopicRegex, serverAssignor };
    this.#join = this.send({ rebalanceTimeoutMs: 30_000, topicPartitions: [], ...wishes, ...request });
    return this.#join;
  }

  /** Joins, and takes what the group has for it. */
  joinFully(request: Request = {}): ConsumerGroupHeartbeatReply | null {
    const answer = this.join(request);
    this.shard.settle();
    this.takeJoin();
    return answer.reply;
  }

  /** What became of the join, if it was answered. */
  takeJoin(): void {
    const answer = this.#join;
    if (answer === null || (answer.reply === null && answer.errorCode === null)) return;
    this.#join = null;
    if (answer.reply !== null) this.#take(answer.reply);
  }

  /** The error code. Says what it has, as a client does once it has given up what it should. */
  heartbeat(request: Request = {}): number {
    const topicPartitions = [...this.owned].map(([id, indexes]) => ({ topicId: id, partitions: [...indexes] }));
    const { reply } = this.send({ topicPartitions, ...request });
    if (reply === null) return -1;
    this.#take(reply);
    return reply.errorCode;
  }

  leave(memberEpoch = -1): number {
    const { reply } = this.send({ memberEpoch });
    this.epoch = 0;
    this.owned = new Map();
    return reply?.errorCode ?? -1;
  }

  send(request: Request): Answer<ConsumerGroupHeartbeatReply> {
    return this.shard.call("consumerGroupHeartbeat", {
      groupId: "g",
      memberId: this.memberId,
      memberEpoch: this.epoch,
      instanceId: this.instanceId,
      rackId: null,
      rebalanceTimeoutMs: -1,
      subscribedTopicNames: null,
      subscribedTopicRegex: null,
      serverAssignor: null,
      topicPartitions: null,
      apiVersion: 1,
      clientId: "c",
      clientHost: "/127.0.0.1",
      freshUuid: "made-by-the-broker",
      ...request,
    });
  }

  #take({ errorCode, memberEpoch = 0, assignment }: ConsumerGroupHeartbeatReply): void {
    if (errorCode !== 0) return;
    this.epoch = memberEpoch;
    if (assignment === null || assignment === undefined) return;
    this.owned = new Map(assignment.topicPartitions.map(({ topicId: id, partitions }) => [id, new Set(partitions)]));
  }
}

/** Every member sends heartbeats until nothing moves any more. */
export function reconcile(shard: GroupShard, members: readonly TestConsumer[]): void {
  for (let round = 0; round < 6; round++) {
    shard.settle();
    for (const member of members) {
      member.takeJoin();
      if (!member.isJoining && member.epoch > 0) member.heartbeat();
    }
  }
}

/** What each member has, by its id. */
export function owned(members: readonly TestConsumer[]): Record<string, string> {
  return Object.fromEntries(members.map(({ memberId, partitions }) => [memberId, partitions.join(" ")]));
}

/** A shard, topics, and consumers of the group `g`. */
export class TestWorld {
  readonly shard: GroupShard;
  metadata = emptyImage;

  constructor(config: Partial<GroupConfig> = {}) {
    this.shard = new GroupShard(config);
    this.publish({ t: 4, u: 2 });
  }

  publish(topics: Topics, life = 1): void {
    const after = metadataWith(topics, life);
    this.shard.publish(this.metadata, after);
    this.metadata = after;
  }

  consumer(memberId: string, instanceId: string | null = null): TestConsumer {
    return new TestConsumer(this.shard, memberId, instanceId);
  }

  /** Stable with all of them. */
  groupOf(...ids: readonly string[]): TestConsumer[] {
    const members = ids.map((id) => this.consumer(id));
    for (const member of members) member.join();
    reconcile(this.shard, members);
    return members;
  }

  describeGroup() {
    return this.shard.call("consumerGroupDescribe", { groupIds: ["g"] }).reply?.[0];
  }

  stateOfGroup(): string | undefined {
    return this.describeGroup()?.groupState;
  }
}
