/** A group of the classic protocol: its members do what the Java client does, without its records. */
import { setTimeout as sleep } from "node:timers/promises";
import { errors } from "../../src/protocol/errors.js";
import { JoinGroup } from "../../src/protocol/messages/11-join-group.js";
import { Heartbeat } from "../../src/protocol/messages/12-heartbeat.js";
import { LeaveGroup } from "../../src/protocol/messages/13-leave-group.js";
import { SyncGroup } from "../../src/protocol/messages/14-sync-group.js";
import type { ResponseReceived } from "../../src/protocol/schema/message.js";
import { GROUP_INITIAL_REBALANCE_DELAY_MS, mustBeNone } from "./broker.js";
import { livesOfGroups, MEMBERS, type Member, type MemberPlace, PARTITIONS, TOPIC } from "./group-load.js";
import type { Part } from "./part.js";

const [JOIN_VERSION, SYNC_VERSION, HEARTBEAT_VERSION, LEAVE_VERSION] = [9, 5, 4, 5];
const HEARTBEAT_INTERVAL_MS = 3_000;
const SESSION_TIMEOUT_MS = 45_000;
const REBALANCE_TIMEOUT_MS = 300_000;
const GROUPS_PER_ROUND = 4;
const PROTOCOL_TYPE = "consumer";
/** As the Java client offers them by default. */
const protocolNames = ["range", "cooperative-sticky"] as const;

type Joined = ResponseReceived<typeof JoinGroup>;

export const classicGroup: Part = {
  name: "classic",
  title: `A classic group of ${MEMBERS} members on ${PARTITIONS} partitions`,
  method:
    "Measured as the group above, through as many generations as it takes; a round is the mean of " +
    `${GROUPS_PER_ROUND} groups, one after the other, since each takes little more than the 10 ms in which the system ` +
    "counts processor time; one more before them does not count. Members heartbeat every 3 s, the leader " +
    "deals the partitions out in turn, and `group.initial.rebalance.delay.ms` is " +
    `${GROUP_INITIAL_REBALANCE_DELAY_MS} for both brokers.`,
  rounds: { full: 5, quick: 1 },
  prepare: async () => {},
  round: (broker, size) => livesOfGroups(broker, size, GROUPS_PER_ROUND, (place) => new ClassicMember(place)),
};

class ClassicMember implements Member {
  readonly #place: MemberPlace;
  #id = "";
  #generation = -1;

  constructor(place: MemberPlace) {
    this.#place = place;
  }

  async live(stopped: AbortSignal): Promise<void> {
    while (!stopped.aborted) {
      const isAssigned = await this.#joinAndSync();
      while (isAssigned && !stopped.aborted) {
        await sleep(HEARTBEAT_INTERVAL_MS, undefined, { signal: stopped }).catch(() => {});
        if (stopped.aborted || !(await this.#isStill())) break;
      }
    }
  }

  heartbeat(times: number): Promise<void> {
    const check = ({ errorCode }: ResponseReceived<typeof Heartbeat>) => mustBeNone(errorCode, "a heartbeat");
    let left = times;
    return this.#place.connection.repeat(Heartbeat, HEARTBEAT_VERSION, this.#who(), check, () => --left > 0);
  }

  async leave(): Promise<void> {
    const { connection, groupId } = this.#place;
    const members = [{ memberId: this.#id }];
    const { errorCode } = await connection.call(LeaveGroup, LEAVE_VERSION, { groupId, members });
    mustBeNone(errorCode, "leaving");
  }

  /** False: the group went on to another generation meanwhile. */
  async #joinAndSync(): Promise<boolean> {
    const { connection, groupId, has } = this.#place;
    has([]);
    const joined = await this.#join();
    const { generationId, memberId, leader, protocolType, protocolName } = joined;
    const { errorCode, assignment } = await connection.call(SyncGroup, SYNC_VERSION, {
      groupId,
      generationId,
      memberId,
      protocolType,
      protocolName,
      assignments: memberId === leader ? assignmentsOf(joined) : [],
    });
    if (errorCode === errors.REBALANCE_IN_PROGRESS.code) return false;
    mustBeNone(errorCode, "asking for the assignment");
    this.#generation = generationId;
    has(partitionsIn(Buffer.from(assignment)).map(String));
    return true;
  }

  async #join(): Promise<Joined> {
    const { connection, groupId } = this.#place;
    const metadata = subscriptionBytes();
    for (;;) {
      const joined = await connection.call(JoinGroup, JOIN_VERSION, {
        groupId,
        sessionTimeoutMs: SESSION_TIMEOUT_MS,
        rebalanceTimeoutMs: REBALANCE_TIMEOUT_MS,
        memberId: this.#id,
        protocolType: PROTOCOL_TYPE,
        protocols: protocolNames.map((name) => ({ name, metadata })),
      });
      this.#id = joined.memberId;
      if (joined.errorCode === errors.MEMBER_ID_REQUIRED.code) continue;
      mustBeNone(joined.errorCode, "joining");
      return joined;
    }
  }

  /** False: the group rebalances. */
  async #isStill(): Promise<boolean> {
    const { errorCode } = await this.#place.connection.call(Heartbeat, HEARTBEAT_VERSION, this.#who());
    if (errorCode === errors.REBALANCE_IN_PROGRESS.code) return false;
    mustBeNone(errorCode, "a heartbeat");
    return true;
  }

  #who() {
    return { groupId: this.#place.groupId, generationId: this.#generation, memberId: this.#id };
  }
}

function assignmentsOf({ members }: Joined) {
  const partitions = Array.from({ length: PARTITIONS }, (_, partition) => partition);
  return members.map(({ memberId }, place) => {
    const part = partitions.filter((partition) => partition % members.length === place);
    return { memberId, assignment: assignmentBytes(part) };
  });
}

/** ConsumerProtocolSubscription, version 0: its version, the topics, no user data. */
function subscriptionBytes(): Uint8Array {
  return Buffer.concat([int16(0), int32(1), string(TOPIC), int32(-1)]);
}

/** ConsumerProtocolAssignment, version 0: its version, one topic with its partitions, no user data. */
function assignmentBytes(partitions: readonly number[]): Uint8Array {
  return Buffer.concat([
    int16(0),
    int32(1),
    string(TOPIC),
    int32(partitions.length),
    ...partitions.map(int32),
    int32(-1),
  ]);
}

const PARTITIONS_AT = 2 + 4 + 2 + TOPIC.length;

function partitionsIn(assignment: Buffer): number[] {
  if (assignment.length === 0) return [];
  const count = assignment.readInt32BE(PARTITIONS_AT);
  return Array.from({ length: count }, (_, at) => assignment.readInt32BE(PARTITIONS_AT + 4 + 4 * at));
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

function string(text: string): Buffer {
  return Buffer.concat([int16(text.length), Buffer.from(text)]);
}
