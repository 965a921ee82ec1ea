/** A group of many members, each on a connection of its own as real ones are, and who of them has which partition. */
import { setMaxListeners } from "node:events";
import type { Broker } from "./broker.js";
import { Connection } from "./connection.js";
import { type Measured, measured } from "./measured.js";
import type { RoundSize, Sample } from "./part.js";

export const TOPIC = "bench-group";
export const MEMBERS = 1_000;
export const PARTITIONS = 1_000;
const HEARTBEATS_PER_MEMBER = 20;
const HEARTBEATS_PER_MEMBER_QUICK = 5;

/** A member under load, of either protocol. */
export interface Member {
  /** Joins, and does what a client does, until the signal. */
  live(stopped: AbortSignal): Promise<void>;
  /** So many times, each at once after the one before. */
  heartbeat(times: number): Promise<void>;
  leave(): Promise<void>;
}

export interface MemberPlace {
  readonly connection: Connection;
  readonly groupId: string;
  readonly topics: readonly string[];
  /** Told whenever what the member has changes: each partition under a name that no other has. */
  has(partitions: readonly string[]): void;
}

export interface GroupSize {
  readonly members: number;
  readonly topics: readonly string[];
  /** Of all topics. */
  readonly partitions: number;
}

export class GroupLoad {
  readonly groupId: string;
  readonly #size: GroupSize;
  readonly #connections: readonly Connection[];
  readonly #members: readonly Member[];
  readonly #partitionsOf = new Map<number, readonly string[]>();
  readonly #stable = new AbortController();

  private constructor(
    groupId: string,
    size: GroupSize,
    connections: readonly Connection[],
    newMember: (place: MemberPlace) => Member,
  ) {
    this.groupId = groupId;
    this.#size = size;
    this.#connections = connections;
    this.#members = connections.map((connection, index) =>
      newMember({ connection, groupId, topics: size.topics, has: (partitions) => this.#set(index, partitions) }),
    );
    setMaxListeners(size.members, this.#stable.signal);
  }

  static async connect(
    port: number,
    groupId: string,
    size: GroupSize,
    newMember: (place: MemberPlace) => Member,
  ): Promise<GroupLoad> {
    return new GroupLoad(groupId, size, await Connection.connectMany(port, size.members), newMember);
  }

  /** Until every member has a part, and the parts are disjoint and all there is. */
  async join(): Promise<void> {
    await Promise.all(this.#members.map((member) => member.live(this.#stable.signal)));
  }

  async heartbeat(times: number): Promise<void> {
    await Promise.all(this.#members.map((member) => member.heartbeat(times)));
  }

  async leave(): Promise<void> {
    await Promise.all(this.#members.map((member) => member.leave()));
    for (const connection of this.#connections) connection.close();
  }

  #set(member: number, partitions: readonly string[]): void {
    if (partitions.length === 0) this.#partitionsOf.delete(member);
    else this.#partitionsOf.set(member, partitions);
    if (this.#partitionsOf.size < this.#size.members) return;
    const all = [...this.#partitionsOf.values()].flat();
    const isComplete = all.length === this.#size.partitions && new Set(all).size === all.length;
    if (isComplete) this.#stable.abort();
  }
}

/** What a broker and the load took, and on the clock, for all groups of a round. */
const nothingTaken: Measured = { seconds: 0, brokerCpuSeconds: 0, loadCpuSeconds: 0 };

/**
 * Whole lives of so many groups, one after the other: each comes, is stable for some heartbeats, and goes. The system tells
 * processor time in steps of 10 ms, so a life that takes little of it is measured as one of several. One more comes first
 * and does not count: while the other broker had its turn, the runtime of this one may have thrown compiled code away.
 */
export async function livesOfGroups(
  broker: Broker,
  { number, isQuick }: RoundSize,
  groups: number,
  newMember: (place: MemberPlace) => Member,
): Promise<readonly Sample[]> {
  const size = { members: MEMBERS, topics: [TOPIC], partitions: PARTITIONS };
  const beats = isQuick ? HEARTBEATS_PER_MEMBER_QUICK : HEARTBEATS_PER_MEMBER;
  const life = async (groupId: string) => {
    const group = await GroupLoad.connect(broker.port, groupId, size, newMember);
    const joined = await measured(broker, () => group.join());
    const beaten = await measured(broker, () => group.heartbeat(beats));
    await group.leave();
    return { joined, beaten };
  };
  await life(`bench-${number}-warm-up`);
  let [joined, beaten] = [nothingTaken, nothingTaken];
  for (let place = 0; place < groups; place++) {
    const lived = await life(`bench-${number}-${place}`);
    joined = sum(joined, lived.joined);
    beaten = sum(beaten, lived.beaten);
  }
  const thousands = (groups * beats * MEMBERS) / 1000;
  return [
    { what: "time to stable", kind: "time", value: joined.seconds / groups },
    { what: "broker CPU to stable", kind: "broker CPU", value: joined.brokerCpuSeconds / groups },
    { what: "load CPU to stable", kind: "load CPU", value: joined.loadCpuSeconds / groups },
    { what: "broker CPU per 1,000 heartbeats", kind: "broker CPU", value: beaten.brokerCpuSeconds / thousands },
    { what: "load CPU per 1,000 heartbeats", kind: "load CPU", value: beaten.loadCpuSeconds / thousands },
  ];
}

function sum(one: Measured, other: Measured): Measured {
  return {
    seconds: one.seconds + other.seconds,
    brokerCpuSeconds: one.brokerCpuSeconds + other.brokerCpuSeconds,
    loadCpuSeconds: one.loadCpuSeconds + other.loadCpuSeconds,
  };
}
