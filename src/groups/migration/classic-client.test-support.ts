/**
 * A classic consumer, as far as a group can tell: in a classic group it may lead, in a consumer group it is told. Eager
 * ones give everything up before they join again, cooperative ones only what they are not given any more (KIP-429).
 */
import { errors } from "../../protocol/errors.js";
import type { JoinGroupReply, SyncGroupReply } from "../calls.js";
import { metadataWith, type Topics } from "../consumer-member.test-support.js";
import type { Answer, GroupShard } from "../group-shard.test-support.js";
import { assignmentBytes, assignmentIn, subscriptionIn } from "./embedded-protocol.js";

type Owned = ReadonlyMap<string, ReadonlySet<number>>;

export interface ClassicClientOptions {
  readonly clientId: string;
  readonly instanceId?: string;
  readonly isCooperative?: boolean;
  readonly protocols?: readonly string[];
  readonly protocolType?: string;
  readonly topics?: readonly string[];
  readonly sessionTimeoutMs?: number;
  readonly rebalanceTimeoutMs?: number;
  /** What it sends instead of a subscription. */
  readonly metadata?: Uint8Array;
}

export class ClassicClient {
  readonly shard: GroupShard;
  readonly options: ClassicClientOptions;
  topics: readonly string[];
  memberId = "";
  generation = -1;
  /** What it has, by topic id. */
  owned: Owned = new Map();
  place: "outside" | "joined" | "synced" = "outside";
  #join: Answer<JoinGroupReply> | null = null;
  #sync: Answer<SyncGroupReply> | null = null;
  #led: JoinGroupReply["members"] = [];
  #uuids = 0;
  /** The topics that there are: what leaders and names are looked up in. */
  #metadata;

  constructor(shard: GroupShard, topics: Topics, options: ClassicClientOptions) {
    this.shard = shard;
    this.options = options;
    this.topics = options.topics ?? ["t"];
    this.#metadata = metadataWith(topics);
  }

  get partitions(): string[] {
    return [...this.owned].flatMap(([id, partitions]) => [...partitions].map((index) => `${id[0]}${index}`)).sort();
  }

  get isWaiting(): boolean {
    return this.#join !== null || this.#sync !== null;
  }

  knowTopics(topics: Topics, life?: number): void {
    this.#metadata = metadataWith(topics, life);
  }

  join(): Answer<JoinGroupReply> {
    const { clientId, instanceId = null, protocolType = "consumer", sessionTimeoutMs = 10_000 } = this.options;
    if (this.options.isCooperative !== true) this.owned = new Map();
    const metadata = this.options.metadata ?? subscription(this.topics, this.#named());
    this.place = "outside";
    this.#sync = null;
    this.#join = this.shard.call("joinGroup", {
      groupId: "g",
      sessionTimeoutMs,
      rebalanceTimeoutMs: this.options.rebalanceTimeoutMs ?? 20_000,
      memberId: this.memberId,
      groupInstanceId: instanceId,
      protocolType,
      protocols: this.#protocols.map((name) => ({ name, metadata })),
      reason: null,
      apiVersion: 9,
      clientId,
      clientHost: "/127.0.0.1",
      freshUuid: `${clientId}-uuid-${this.#uuids++}`,
    });
    return this.#join;
  }

  get #protocols(): readonly string[] {
    return this.options.protocols ?? [this.options.isCooperative === true ? "cooperative-sticky" : "range"];
  }

  sync(): Answer<SyncGroupReply> {
    this.#sync = this.shard.call("syncGroup", {
      groupId: "g",
      generationId: this.generation,
      memberId: this.memberId,
      groupInstanceId: this.options.instanceId ?? null,
      protocolType: "consumer",
      protocolName: this.#protocols[0] ?? null,
      assignments: this.#assignments(),
    });
    return this.#sync;
  }

  /** The error code. */
  heartbeat(): number {
    const { instanceId: groupInstanceId = null } = this.options;
    const { generation: generationId, memberId } = this;
    const request = { groupId: "g", generationId, memberId, groupInstanceId };
    const errorCode = this.shard.call("heartbeat", request).reply?.errorCode ?? -1;
    if (errorCode !== errors.NONE.code) this.#takeError(errorCode);
    return errorCode;
  }

  leave(): number {
    const members = [{ memberId: this.memberId, groupInstanceId: this.options.instanceId ?? null, reason: null }];
    const { reply } = this.shard.call("leaveGroup", { groupId: "g", memberId: "", members, apiVersion: 5 });
    this.forget();
    return reply?.members?.[0]?.errorCode ?? -1;
  }

  /** A new process: whatever the old one was is gone. */
  forget(): void {
    this.memberId = "";
    this.generation = -1;
    this.owned = new Map();
    this.place = "outside";
    this.#join = null;
    this.#sync = null;
  }

  /** Does what a client has to do next. */
  behave(): void {
    this.takeAnswers();
    if (this.isWaiting) return;
    if (this.place === "synced") this.heartbeat();
    else if (this.place === "joined") this.sync();
    else this.join();
    this.takeAnswers();
  }

  takeAnswers(): void {
    const [join, sync] = [this.#join, this.#sync];
    if (join !== null && isOver(join)) {
      this.#join = null;
      this.#takeJoin(join.reply);
    }
    if (sync !== null && isOver(sync)) {
      this.#sync = null;
      this.#takeSync(sync.reply);
    }
  }

  #takeJoin(reply: JoinGroupReply | null): void {
    if (reply === null) return;
    if (reply.errorCode === errors.MEMBER_ID_REQUIRED.code) {
      this.memberId = reply.memberId;
    } else if (reply.errorCode !== errors.NONE.code) {
      this.#takeError(reply.errorCode);
    } else {
      this.memberId = reply.memberId;
      this.generation = reply.generationId ?? -1;
      this.place = "joined";
      this.#led = reply.leader === reply.memberId && reply.skipAssignment !== true ? reply.members : [];
    }
  }

  #takeSync(reply: SyncGroupReply | null): void {
    this.place = "outside";
    if (reply?.errorCode !== errors.NONE.code) {
      if (reply !== null) this.#takeError(reply.errorCode);
      return;
    }
    const before = this.owned;
    this.owned = assignmentIn(reply.assignment, this.#metadata)?.partitions ?? new Map();
    // What it gave up somebody else waits for: it joins again to say so.
    if (isSubset(before, this.owned)) this.place = "synced";
  }

  /** As the Java client does. */
  #takeError(errorCode: number): void {
    this.place = "outside";
    if (errorCode === errors.REBALANCE_IN_PROGRESS.code || errorCode === errors.COORDINATOR_LOAD_IN_PROGRESS.code)
      return;
    this.owned = new Map();
    this.generation = -1;
    if (errorCode !== errors.ILLEGAL_GENERATION.code) this.memberId = "";
  }

  /** Round robin; nobody is given what somebody else still has. */
  #assignments() {
    const members = this.#led.map(({ memberId, metadata }) => ({
      memberId,
      subscribed: subscriptionIn(metadata, this.#metadata),
      given: new Map<string, Set<number>>(),
    }));
    for (const [topic, { id, partitions }] of this.#metadata.topicsByName) {
      const candidates = members.filter(({ subscribed }) => subscribed?.topicNames.includes(topic));
      for (const index of partitions.keys()) {
        const next = candidates[index % candidates.length];
        const owner = members.find(({ subscribed }) => subscribed?.owned.get(id)?.has(index));
        if (next === undefined || (owner !== undefined && owner !== next)) continue;
        next.given.set(id, (next.given.get(id) ?? new Set<number>()).add(index));
      }
    }
    return members.map(({ memberId, given }) => ({
      memberId,
      assignment: assignmentBytes(given, 3, this.#metadata),
    }));
  }

  #named(): ReadonlyMap<string, ReadonlySet<number>> {
    return new Map(
      [...this.owned].flatMap(([id, partitions]) => {
        const name = this.#metadata.topicsById.get(id)?.name;
        return name === undefined ? [] : [[name, partitions] as const];
      }),
    );
  }
}

function isOver({ reply, errorCode }: Answer<unknown>): boolean {
  return reply !== null || errorCode !== null;
}

function isSubset(one: Owned, other: Owned): boolean {
  return [...one].every(([id, partitions]) => [...partitions].every((index) => other.get(id)?.has(index) === true));
}

/** ConsumerProtocolSubscription, version 3: topics, no user data, what the member still has, no generation, no rack. */
function subscription(topics: readonly string[], owned: Owned = new Map()): Uint8Array {
  const has = [...owned].map(([topic, partitions]) =>
    Buffer.concat([text(topic), int32(partitions.size), ...[...partitions].map(int32)]),
  );
  const names = [int32(topics.length), ...topics.map(text)];
  return Buffer.concat([int16(3), ...names, int32(-1), int32(has.length), ...has, int32(-1), int16(-1)]);
}

function text(value: string): Buffer {
  return Buffer.concat([int16(Buffer.byteLength(value)), Buffer.from(value)]);
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
