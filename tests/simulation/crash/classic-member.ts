import { errors } from "../../../src/protocol/errors.js";
import { JoinGroup } from "../../../src/protocol/messages/11-join-group.js";
import { Heartbeat } from "../../../src/protocol/messages/12-heartbeat.js";
import { LeaveGroup } from "../../../src/protocol/messages/13-leave-group.js";
import { SyncGroup } from "../../../src/protocol/messages/14-sync-group.js";
import type { ResponseReceived } from "../../../src/protocol/schema/message.js";
import { coordinatorIsAway, Member } from "./member.js";
import { mustBeAmong } from "./worker.js";

const PROTOCOL = { protocolType: "consumer", name: "range" };
const joinsAgain: readonly number[] = [
  errors.REBALANCE_IN_PROGRESS.code,
  errors.ILLEGAL_GENERATION.code,
  errors.UNKNOWN_MEMBER_ID.code,
];

type Joined = ResponseReceived<typeof JoinGroup>;

/** A member of a classic group: it gives up all that it owns before it joins again; the leader shares the partitions. */
export class ClassicMember extends Member {
  #memberId = "";
  #generationId = -1;
  #joined: Joined | null = null;
  #isSynced = false;

  protected async takePart(): Promise<void> {
    if (this.#joined === null) await this.#join();
    else if (!this.#isSynced) await this.#sync(this.#joined);
    else if (this.options.random.chance(0.01)) await this.#leave();
    else await this.#heartbeat();
  }

  protected forget(): void {
    this.#memberId = "";
    this.#joined = null;
    this.#isSynced = false;
  }

  protected identity() {
    return { memberId: this.#memberId, generationId: this.#generationId };
  }

  async #join(): Promise<void> {
    this.disown();
    const { client, groupId } = this.options;
    const joined = await client.request(JoinGroup, 9, {
      ...{ groupId, sessionTimeoutMs: this.patienceMs, rebalanceTimeoutMs: this.patienceMs, memberId: this.#memberId },
      protocolType: PROTOCOL.protocolType,
      protocols: [{ name: PROTOCOL.name, metadata: Buffer.from(client.clientId) }],
    });
    if (joined.errorCode === errors.MEMBER_ID_REQUIRED.code) this.#memberId = joined.memberId;
    else if (joined.errorCode !== errors.NONE.code) this.#refused(joined.errorCode, "a join");
    else {
      this.#joined = joined;
      this.#memberId = joined.memberId;
      this.#generationId = joined.generationId;
    }
  }

  async #sync(joined: Joined): Promise<void> {
    const { client, groupId, expected } = this.options;
    const sentMs = this.nowMs;
    const { errorCode, assignment } = await client.request(SyncGroup, 5, {
      ...{ groupId, memberId: this.#memberId, generationId: this.#generationId },
      protocolType: PROTOCOL.protocolType,
      protocolName: PROTOCOL.name,
      assignments: joined.leader === this.#memberId ? this.#shares(joined) : [],
    });
    if (errorCode !== errors.NONE.code) return this.#refused(errorCode, "a sync");
    this.heardMs = sentMs;
    this.#isSynced = true;
    await this.own([...assignment].flatMap((index) => expected.shared[index] ?? []));
  }

  async #heartbeat(): Promise<void> {
    const { client, groupId } = this.options;
    const sentMs = this.nowMs;
    const { errorCode } = await client.request(Heartbeat, 4, { groupId, ...this.identity() });
    if (errorCode === errors.NONE.code) this.heardMs = sentMs;
    else this.#refused(errorCode, "a heartbeat");
  }

  async #leave(): Promise<void> {
    this.disown();
    const { client, groupId } = this.options;
    await client.request(LeaveGroup, 5, { groupId, members: [{ memberId: this.#memberId }] });
    this.forget();
  }

  #refused(errorCode: number, what: string): void {
    if (coordinatorIsAway.includes(errorCode)) return;
    mustBeAmong(joinsAgain, errorCode, `${what} of a member`);
    this.disown();
    this.#joined = null;
    this.#isSynced = false;
    if (errorCode === errors.UNKNOWN_MEMBER_ID.code) this.#memberId = "";
  }

  /** The partitions in turn to the members; an assignment is a list of their numbers. */
  #shares({ members }: Joined) {
    const { shared } = this.options.expected;
    return members.map(({ memberId }, turn) => ({
      memberId,
      assignment: Uint8Array.from(shared.keys()).filter((index) => index % members.length === turn),
    }));
  }
}
