/** A client that is a member of a classic group, as far as the group can tell. */
import { ZERO_UUID } from "../protocol/wire/zero-uuid.js";
import type { JoinGroupCall, JoinGroupReply, LeaveGroupReply, SyncGroupReply } from "./calls.js";
import type { Answer, GroupShard } from "./group-shard.test-support.js";

export interface MemberOptions {
  readonly groupId?: string;
  readonly clientId?: string;
  readonly instanceId?: string | null;
  readonly apiVersion?: number;
  readonly protocolType?: string;
  readonly protocols?: readonly string[];
  readonly topics?: readonly string[];
  readonly sessionTimeoutMs?: number;
  readonly rebalanceTimeoutMs?: number;
}

export class TestMember {
  readonly shard: GroupShard;
  readonly groupId: string;
  readonly clientId: string;
  readonly instanceId: string | null;
  protocolType: string;
  protocols: readonly string[];
  topics: readonly string[];
  readonly apiVersion: number;
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  memberId = "";
  generation = -1;
  #uuids = 0;

  constructor(shard: GroupShard, options: MemberOptions = {}) {
    this.shard = shard;
    this.groupId = options.groupId ?? "g";
    this.clientId = options.clientId ?? "c";
    this.instanceId = options.instanceId ?? null;
    this.apiVersion = options.apiVersion ?? 9;
    this.protocolType = options.protocolType ?? "consumer";
    this.protocols = options.protocols ?? ["range"];
    this.topics = options.topics ?? ["t"];
    this.sessionTimeoutMs = options.sessionTimeoutMs ?? 10_000;
    this.rebalanceTimeoutMs = options.rebalanceTimeoutMs ?? 60_000;
  }

  /** Takes over what the answer says once it is there: see `learn`. */
  join(): Answer<JoinGroupReply> {
    return this.shard.call("joinGroup", this.joinRequest());
  }

  /** Joins as a client does: a new id is taken and used at once. */
  joinFully(): Answer<JoinGroupReply> {
    const first = this.join();
    if (first.reply?.errorCode !== 79) return first;
    this.memberId = first.reply.memberId;
    return this.join();
  }

  joinRequest(): JoinGroupCall {
    return {
      groupId: this.groupId,
      sessionTimeoutMs: this.sessionTimeoutMs,
      rebalanceTimeoutMs: this.rebalanceTimeoutMs,
      memberId: this.memberId,
      groupInstanceId: this.instanceId,
      protocolType: this.protocolType,
      protocols: this.protocols.map((name) => ({ name, metadata: subscription(this.topics) })),
      reason: null,
      apiVersion: this.apiVersion,
      clientId: this.clientId,
      clientHost: "/127.0.0.1",
      freshUuid: `uuid-${this.#uuids++}`,
    };
  }

  learn({ reply }: Answer<JoinGroupReply>): void {
    if (reply?.errorCode !== 0) return;
    this.memberId = reply.memberId;
    this.generation = reply.generationId ?? -1;
  }

  sync(assignments: Readonly<Record<string, string>> = {}): Answer<SyncGroupReply> {
    return this.shard.call("syncGroup", {
      groupId: this.groupId,
      generationId: this.generation,
      memberId: this.memberId,
      groupInstanceId: this.instanceId,
      protocolType: null,
      protocolName: null,
      assignments: Object.entries(assignments).map(([memberId, text]) => ({ memberId, assignment: bytesOf(text) })),
    });
  }

  /** The error code. */
  heartbeat(): number {
    const { groupId, generation: generationId, memberId, instanceId: groupInstanceId } = this;
    const answer = this.shard.call("heartbeat", { groupId, generationId, memberId, groupInstanceId });
    return answer.reply?.errorCode ?? -1;
  }

  leave(): Answer<LeaveGroupReply> {
    const { groupId, memberId, instanceId: groupInstanceId } = this;
    const members = [{ memberId, groupInstanceId, reason: null }];
    return this.shard.call("leaveGroup", { groupId, memberId, members, apiVersion: 5 });
  }

  /** The error code of the one partition. */
  commit(offset: number, topic = "t", partition = 0): number {
    const answer = commitOffset(this.shard, { ...this, offset, topic, partition });
    return answer.reply?.topics[0]?.partitions[0]?.errorCode ?? -1;
  }
}

/** The members, joined and synced; the first one leads. */
export function stableGroup(shard: GroupShard, members: readonly MemberOptions[]) {
  const joined = members.map((options) => new TestMember(shard, options));
  const [leader, ...followers] = joined;
  const answers = joined.map((member) => member.joinFully());
  shard.pass(0);
  const late = answers.map((answer, i) => (answer.reply === null ? joined[i]?.join() : answer));
  for (const [i, answer] of late.entries()) if (answer !== undefined) joined[i]?.learn(answer);
  for (const follower of followers) follower.sync();
  leader?.sync(Object.fromEntries(joined.map(({ memberId }) => [memberId, `for ${memberId}`])));
  return joined;
}

export interface CommitOptions {
  readonly groupId?: string;
  readonly memberId?: string;
  readonly instanceId?: string | null;
  readonly generation?: number;
  readonly topic?: string;
  readonly topicId?: string;
  readonly partition?: number;
  readonly offset?: number;
  readonly metadata?: string;
  readonly retentionTimeMs?: number;
  readonly apiVersion?: number;
}

/** By default of a consumer that is no member. */
export function commitOffset(shard: GroupShard, options: CommitOptions = {}) {
  return shard.call("offsetCommit", {
    groupId: options.groupId ?? "g",
    generationIdOrMemberEpoch: options.generation ?? -1,
    memberId: options.memberId ?? "",
    groupInstanceId: options.instanceId ?? null,
    retentionTimeMs: options.retentionTimeMs ?? -1,
    apiVersion: options.apiVersion ?? 9,
    topics: [
      {
        name: options.topic ?? "t",
        topicId: options.topicId ?? ZERO_UUID,
        partitions: [
          {
            partitionIndex: options.partition ?? 0,
            committedOffset: options.offset ?? 0,
            committedLeaderEpoch: 3,
            commitTimestamp: -1,
            committedMetadata: options.metadata ?? null,
          },
        ],
      },
    ],
  });
}

/** The committed offset, or -1. */
export function committedOffset(shard: GroupShard, topic = "t", groupId = "g", partition = 0): number {
  const topics = [{ name: topic, topicId: ZERO_UUID, partitionIndexes: [partition] }];
  const request = { groupId, memberId: null, memberEpoch: -1, topics, requireStable: false };
  return shard.call("offsetFetch", request).reply?.topics[0]?.partitions[0]?.committedOffset ?? -2;
}

export function describeGroup(shard: GroupShard, groupId = "g", apiVersion = 6) {
  return shard.call("describeGroups", { groupIds: [groupId], apiVersion }).reply?.[0];
}

/** A consumer's subscription: version 0, the topics, no user data. */
export function subscription(topics: readonly string[]): Uint8Array {
  const head = Buffer.alloc(6);
  head.writeInt32BE(topics.length, 2);
  const names = topics.map((topic) => {
    const length = Buffer.alloc(2);
    length.writeInt16BE(Buffer.byteLength(topic));
    return Buffer.concat([length, Buffer.from(topic)]);
  });
  return Buffer.concat([head, ...names, Buffer.from([255, 255, 255, 255])]);
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function textOf(bytes: Uint8Array | undefined): string {
  return new TextDecoder().decode(bytes);
}
