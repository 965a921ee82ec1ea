/** Steps of the scenarios in which classic consumers and those of the consumer protocol share a group (KIP-848). */
import { JoinGroup } from "../../src/protocol/messages/11-join-group.js";
import { Heartbeat } from "../../src/protocol/messages/12-heartbeat.js";
import { SyncGroup } from "../../src/protocol/messages/14-sync-group.js";
import { ConsumerGroupHeartbeat } from "../../src/protocol/messages/68-consumer-group-heartbeat.js";
import type { RequestToSend, ResponseReceived } from "../../src/protocol/schema/message.js";
import type { Connection } from "./scenario.js";

type PartitionsByTopic = Readonly<Record<string, readonly number[]>>;

/** ConsumerProtocolAssignment, version 3. */
export function assignmentOf(partitions: PartitionsByTopic, userData: Buffer | null = null): Buffer {
  const rest = userData === null ? int32(-1) : Buffer.concat([int32(userData.length), userData]);
  return Buffer.concat([int16(3), owned(partitions), rest]);
}

/** ConsumerProtocolSubscription, version 3: topics, no user data, what the member still has, generation, no rack. */
function subscriptionOf(topics: readonly string[], has: PartitionsByTopic = {}): Buffer {
  const names = Buffer.concat(topics.map(text));
  return Buffer.concat([int16(3), int32(topics.length), names, int32(-1), owned(has), int32(-1), int16(-1)]);
}

function owned(partitions: PartitionsByTopic): Buffer {
  const topics = Object.entries(partitions).map(([topic, indexes]) =>
    Buffer.concat([text(topic), int32(indexes.length), ...indexes.map(int32)]),
  );
  return Buffer.concat([int32(topics.length), ...topics]);
}

function text(value: string): Buffer {
  return Buffer.concat([int16(value.length), Buffer.from(value)]);
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

interface ClassicOptions {
  readonly groupInstanceId?: string;
  readonly protocols?: readonly string[];
  readonly metadata?: Buffer;
  readonly protocolType?: string;
  readonly has?: PartitionsByTopic;
  readonly topics?: readonly string[];
}

/** A member of the classic protocol, step by step; what it is told of itself it says the next time. */
export class ClassicMember {
  readonly #connection: Connection;
  readonly #groupId: string;
  readonly #options: ClassicOptions;
  memberId = "";
  generationId = -1;

  constructor(connection: Connection, groupId: string, options: ClassicOptions = {}) {
    this.#connection = connection;
    this.#groupId = groupId;
    this.#options = options;
  }

  get #instance() {
    const { groupInstanceId } = this.#options;
    return groupInstanceId === undefined ? {} : { groupInstanceId };
  }

  async join(changed: ClassicOptions = {}): Promise<ResponseReceived<typeof JoinGroup>> {
    const {
      protocols = ["range"],
      protocolType = "consumer",
      topics,
      has,
      metadata,
    } = { ...this.#options, ...changed };
    const bytes = metadata ?? subscriptionOf(topics ?? [this.#groupId], has);
    const answer = await this.#connection.send(JoinGroup, 9, {
      groupId: this.#groupId,
      sessionTimeoutMs: 30_000,
      rebalanceTimeoutMs: 20_000,
      memberId: this.memberId,
      ...this.#instance,
      protocolType,
      protocols: protocols.map((name) => ({ name, metadata: bytes })),
    });
    if (answer.memberId !== "") this.memberId = answer.memberId;
    if (answer.errorCode === 0) this.generationId = answer.generationId;
    return answer;
  }

  sync(assignments: Readonly<Record<string, Buffer>> = {}, more: Partial<RequestToSend<typeof SyncGroup>> = {}) {
    return this.#connection.send(SyncGroup, 5, {
      ...this.#me,
      protocolType: "consumer",
      protocolName: "range",
      assignments: Object.entries(assignments).map(([memberId, assignment]) => ({ memberId, assignment })),
      ...more,
    });
  }

  heartbeat() {
    return this.#connection.send(Heartbeat, 4, this.#me);
  }

  get #me() {
    const { memberId, generationId } = this;
    return { groupId: this.#groupId, generationId, memberId, ...this.#instance };
  }
}

/** A stable classic group of one member, which has these partitions. */
export async function stableAlone(member: ClassicMember, assignment: Buffer): Promise<void> {
  await member.join();
  if (member.generationId === -1) await member.join();
  await member.sync({ [member.memberId]: assignment });
}

export interface ConsumerOptions {
  readonly instanceId?: string;
  readonly topics?: readonly string[];
}

/** A member of the consumer protocol. It gives up with each heartbeat what it was told to give up before. */
export class Consumer {
  readonly #connection: Connection;
  readonly #groupId: string;
  readonly #memberId: string;
  readonly #options: ConsumerOptions;
  #epoch = 0;
  #has: readonly { readonly topicId: string; readonly partitions: readonly number[] }[] = [];

  constructor(connection: Connection, groupId: string, memberId: string, options: ConsumerOptions = {}) {
    this.#connection = connection;
    this.#groupId = groupId;
    this.#memberId = memberId;
    this.#options = options;
  }

  join() {
    this.#epoch = 0;
    this.#has = [];
    const subscribedTopicNames = this.#options.topics ?? [this.#groupId];
    return this.#send({ rebalanceTimeoutMs: 20_000, subscribedTopicNames, topicPartitions: [] });
  }

  heartbeat() {
    return this.#send({ topicPartitions: this.#has });
  }

  leave(memberEpoch = -1) {
    return this.#connection.send(ConsumerGroupHeartbeat, 1, { ...this.#me, memberEpoch });
  }

  async #send(more: Partial<RequestToSend<typeof ConsumerGroupHeartbeat>>) {
    const answer = await this.#connection.send(ConsumerGroupHeartbeat, 1, { ...this.#me, ...more });
    if (answer.errorCode === 0) this.#epoch = answer.memberEpoch;
    if (answer.assignment !== null) this.#has = answer.assignment.topicPartitions;
    return answer;
  }

  get #me() {
    const { instanceId } = this.#options;
    const instance = instanceId === undefined ? {} : { instanceId };
    return { groupId: this.#groupId, memberId: this.#memberId, memberEpoch: this.#epoch, ...instance };
  }
}
