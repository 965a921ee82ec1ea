import { invariant } from "../../../src/lib/invariant.js";
import { errors } from "../../../src/protocol/errors.js";
import { ConsumerGroupHeartbeat } from "../../../src/protocol/messages/68-consumer-group-heartbeat.js";
import type { RequestToSend, ResponseReceived } from "../../../src/protocol/schema/message.js";
import { coordinatorIsAway, Member, type MemberOptions, SHARED_TOPIC } from "./member.js";
import { isLate } from "./ownership.js";
import { mustBeAmong } from "./worker.js";

const LEAVES = -1;
const lost: readonly number[] = [errors.UNKNOWN_MEMBER_ID.code, errors.FENCED_MEMBER_EPOCH.code];

/** A member of a consumer group (KIP-848): it is told what to own, and lets go of what it is not told any more. */
export class ConsumerMember extends Member {
  #lives = 0;
  #memberId: string;
  #epoch = 0;
  /** When it sent the first request that nobody has answered since; null: it was answered. */
  #unheardSinceMs: number | null = null;

  constructor(options: MemberOptions) {
    super(options);
    this.#memberId = this.#newId();
  }

  protected async takePart(): Promise<void> {
    if (this.#epoch > 0 && this.options.random.chance(0.02)) await this.#leave();
    else await this.#heartbeat();
  }

  protected forget(): void {
    this.#epoch = 0;
    this.#unheardSinceMs = null;
    this.#memberId = this.#newId();
  }

  protected identity() {
    return { memberId: this.#memberId, generationId: this.#epoch };
  }

  #newId(): string {
    return `${this.options.client.clientId} ${++this.#lives}`;
  }

  async #heartbeat(): Promise<void> {
    const sentMs = this.nowMs;
    // Who has missed an answer says everything, to be told everything.
    const isFull = this.#epoch === 0 || this.#unheardSinceMs !== null;
    this.#unheardSinceMs ??= sentMs;
    const { errorCode, memberEpoch, assignment } = await this.#send({
      memberEpoch: this.#epoch,
      ...(isFull ? { rebalanceTimeoutMs: this.patienceMs, subscribedTopicNames: [SHARED_TOPIC] } : {}),
      topicPartitions: this.#ownedByTopic(),
    }).catch((failure: unknown) => this.#unheard(failure));
    if (errorCode !== errors.NONE.code) return this.#refused(errorCode);
    const places = assignment === null ? this.owned : this.#placesIn(assignment);
    const letsGo = this.owned.some((place) => !places.includes(place));
    // Its time to let go began when it was told first, be it by an answer that was lost.
    this.heardMs = letsGo ? this.#unheardSinceMs : sentMs;
    this.#unheardSinceMs = null;
    this.#epoch = memberEpoch;
    await this.own(places);
  }

  /**
   * Among several brokers a join that was not answered may still be on its way, and would take from the member what it
   * has by then: the next one is somebody else's.
   */
  #unheard(failure: unknown): never {
    if (this.#epoch === 0 && this.options.expected.isReplicated) this.forget();
    throw failure;
  }

  /** Nobody is sent away in time. */
  #refused(errorCode: number): void {
    if (coordinatorIsAway.includes(errorCode)) return;
    mustBeAmong(lost, errorCode, "a heartbeat of a consumer");
    invariant(this.#epoch === 0 || isLate(this, this.nowMs), `${this.name} is fenced although it was heard in time`);
    this.disown();
    this.#epoch = 0;
    this.#unheardSinceMs = null;
  }

  async #leave(): Promise<void> {
    this.disown();
    const leaving = this.#send({ memberEpoch: LEAVES });
    // Whether it is heard or not: who comes back is somebody else.
    this.forget();
    await leaving;
  }

  #send(request: Omit<RequestToSend<typeof ConsumerGroupHeartbeat>, "groupId" | "memberId">) {
    const { client, groupId } = this.options;
    return client.request(ConsumerGroupHeartbeat, 1, { groupId, memberId: this.#memberId, ...request });
  }

  #ownedByTopic() {
    const { owned } = this;
    const [first] = owned;
    if (first === undefined) return [];
    return [{ topicId: first.topicId, partitions: owned.map(({ partition }) => partition) }];
  }

  #placesIn({ topicPartitions }: NonNullable<ResponseReceived<typeof ConsumerGroupHeartbeat>["assignment"]>) {
    const { shared } = this.options.expected;
    return topicPartitions.flatMap(({ partitions }) => partitions.flatMap((partition) => shared[partition] ?? []));
  }
}
