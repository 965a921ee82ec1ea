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
    const answer = await this.#send(
      this.#epoch === 0
        ? {
            memberEpoch: 0,
            rebalanceTimeoutMs: this.patienceMs,
            subscribedTopicNames: [SHARED_TOPIC],
            topicPartitions: [],
          }
        : { memberEpoch: this.#epoch, topicPartitions: this.#ownedByTopic() },
    );
    const { errorCode, memberEpoch, assignment } = answer;
    if (errorCode !== errors.NONE.code) return this.#refused(errorCode);
    this.heardMs = sentMs;
    this.#epoch = memberEpoch;
    if (assignment !== null) await this.own(this.#placesIn(assignment));
  }

  /** Nobody is sent away in time. */
  #refused(errorCode: number): void {
    if (coordinatorIsAway.includes(errorCode)) return;
    mustBeAmong(lost, errorCode, "a heartbeat of a consumer");
    invariant(this.#epoch === 0 || isLate(this, this.nowMs), `${this.name} is fenced although it was heard in time`);
    this.disown();
    this.#epoch = 0;
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
