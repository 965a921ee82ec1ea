/** A decision about one consumer group in the making. */
import { type After, type Reply, reply, type Ticket } from "../../coordination/state-machine.js";
import type { Instant } from "../../lib/environment.js";
import type { MetadataImage } from "../../metadata/image/image.js";
import { noPartitions, type Partitions } from "../assignors/assignor.js";
import type { ConsumerGroupSettings, GroupConfig } from "../group-config.js";
import { type Circumstances, decision, type GroupDecision, type GroupErrand, type GroupTouch } from "../group-types.js";
import type { GroupsState } from "../groups-state.js";
import type { GroupRecord } from "../records/group-record.js";
import { metadataHashOf, type ResolvedRegexes, subscribedNames, type TopicsByName } from "./assignment/subscription.js";
import type { Subscription } from "./assignment/subscriptions.js";
import type { ConsumerGroup, ConsumerMember } from "./consumer-group.js";
import type { ConsumerLife, ConsumerTouch, MemberDuty } from "./life.js";
import { assignmentRecord, groupRecord, memberRecord, memberTombstones, targetRecord } from "./records.js";

const memberDuties: readonly MemberDuty[] = ["session", "revocation", "rejoin", "sync"];

interface Membership {
  readonly group: Readonly<ConsumerGroup>;
  readonly life: Readonly<ConsumerLife>;
}

export function draftOf(
  { metadata }: Readonly<GroupsState>,
  groupId: string,
  membership: Membership,
  circumstances: Circumstances,
): Draft {
  return new Draft(groupId, membership, metadata, circumstances);
}

export class Draft {
  readonly groupId: string;
  /** As it was before the decision. */
  readonly group: Readonly<ConsumerGroup>;
  readonly life: Readonly<ConsumerLife>;
  readonly metadata: MetadataImage;
  readonly topics: TopicsByName;
  readonly config: GroupConfig;
  /** Those of this group. */
  readonly settings: ConsumerGroupSettings;
  readonly now: Instant;
  /** As the decision makes it. */
  epoch: number;
  regexes: ResolvedRegexes;
  readonly #changed = new Map<string, ConsumerMember | null>();
  readonly #inherited = new Map<string, Partitions>();
  readonly #records: GroupRecord[] = [];
  readonly #touches: GroupTouch[] = [];
  readonly #replies: Reply[] = [];
  readonly #errands: GroupErrand[] = [];
  #metadataHash: bigint;

  constructor(groupId: string, { group, life }: Membership, metadata: MetadataImage, { now, config }: Circumstances) {
    this.groupId = groupId;
    this.group = group;
    this.life = life;
    this.metadata = metadata;
    this.topics = metadata.topicsByName;
    this.config = config;
    this.settings = config.consumer.settingsOf(groupId, metadata);
    this.now = now;
    this.epoch = group.epoch;
    this.regexes = group.resolvedRegexes;
    this.#metadataHash = group.metadataHash;
  }

  *members(): Generator<ConsumerMember, void, void> {
    for (const [id, member] of this.group.members) {
      if (!this.#changed.has(id)) yield member;
    }
    for (const member of this.#changed.values()) if (member !== null) yield member;
  }

  subscriptions(): Iterable<Subscription> {
    if (this.#changed.size === 0) return this.group.subscriptions;
    const subscriptions = this.group.subscriptions.copy();
    for (const [id, member] of this.#changed) {
      const before = this.group.members.get(id);
      if (before !== undefined) subscriptions.remove(before);
      if (member !== null) subscriptions.add(member);
    }
    return subscriptions;
  }

  /** Writes down who the member is. */
  describe(member: ConsumerMember): void {
    this.#changed.set(member.id, member);
    this.write(memberRecord(this.groupId, member));
  }

  /** Writes down what the member has. */
  assign(member: ConsumerMember): void {
    this.#changed.set(member.id, member);
    this.write(assignmentRecord(this.groupId, member));
  }

  targetOf(memberId: string): Partitions {
    return this.#inherited.get(memberId) ?? this.group.targets.get(memberId) ?? noPartitions;
  }

  /** One member takes the target of another, which goes. */
  inheritTarget(memberId: string, before: string): void {
    const target = this.targetOf(before);
    this.#inherited.set(memberId, target);
    this.write(targetRecord(this.groupId, memberId, target));
  }

  remove(memberId: string): void {
    this.#changed.set(memberId, null);
    this.write(...memberTombstones(this.groupId, memberId));
    for (const type of memberDuties) this.touch({ type, memberId, untilMs: null });
    this.touch({ type: "joining", memberId, join: null });
  }

  /** Members or their topics have changed: there has to be another assignment. */
  beginEpoch(): void {
    this.epoch = this.group.epoch + 1;
    this.#metadataHash = this.#hash();
    this.touch({ type: "checked", topics: this.topics });
  }

  /** Begins an epoch if the subscribed topics are not what they were. */
  checkTopics(): void {
    if (this.#hash() === this.#metadataHash) this.touch({ type: "checked", topics: this.topics });
    else this.beginEpoch();
  }

  #hash(): bigint {
    return metadataHashOf(subscribedNames(this.subscriptions(), this.regexes), this.topics);
  }

  write(...records: readonly GroupRecord[]): void {
    this.#records.push(...records);
  }

  touch(change: ConsumerTouch): void {
    this.#touches.push({ type: "consumer", groupId: this.groupId, change });
  }

  /** A classic member brings its own timeout; to the others the group's applies. */
  restartSession({ id, classic }: ConsumerMember): void {
    this.expect("session", id, classic?.sessionTimeoutMs ?? this.settings.sessionTimeoutMs);
  }

  expect(type: MemberDuty, memberId: string, withinMs: number): void {
    this.touch({ type, memberId, untilMs: this.now.monotonicMs + withinMs });
  }

  answer<R>(to: Ticket<R>, body: NoInfer<R>, after: After): void {
    this.send(reply(to, body, after));
  }

  send(...replies: readonly Reply[]): void {
    this.#replies.push(...replies);
  }

  begin(errand: GroupErrand): void {
    this.#errands.push(errand);
    this.#touches.push({ type: "errand", number: errand.number });
    this.touch({ type: "errandBegan", errand: errand.number });
  }

  get writes(): boolean {
    return this.#records.length > 0 || this.epoch !== this.group.epoch;
  }

  /** The group's deadline comes last: it is made from what the group will be. */
  decision(): GroupDecision {
    if (this.epoch !== this.group.epoch) this.write(groupRecord(this.groupId, this.epoch, this.#metadataHash));
    return decision({
      records: this.#records,
      touches: [...this.#touches, { type: "consumerDeadline", groupId: this.groupId }],
      replies: this.#replies,
      errands: this.#errands,
    });
  }
}
