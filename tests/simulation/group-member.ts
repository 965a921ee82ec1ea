/** A consumer in a classic group: joins, takes its part of a topic, reads, commits, and joins again when told to. */
import type { RandomStream } from "../../src/environments/simulated/random-stream.js";
import type { Simulation } from "../../src/environments/simulated/simulation.js";
import { errors } from "../../src/protocol/errors.js";
import { FindCoordinator } from "../../src/protocol/messages/10-find-coordinator.js";
import { JoinGroup } from "../../src/protocol/messages/11-join-group.js";
import { Heartbeat } from "../../src/protocol/messages/12-heartbeat.js";
import { LeaveGroup } from "../../src/protocol/messages/13-leave-group.js";
import { SyncGroup } from "../../src/protocol/messages/14-sync-group.js";
import type { ResponseReceived } from "../../src/protocol/schema/message.js";
import { commitOffset, committedOffset, fetch, type Place } from "./calls.js";
import { ConnectionLost, type SimulatedClient } from "./client.js";
import { recordsIn } from "./records-in.js";

const SESSION_MS = 10_000;
const REBALANCE_MS = 20_000;
const PROTOCOL = { protocolType: "consumer", name: "range" };

export interface GroupMemberOptions {
  readonly client: SimulatedClient;
  readonly groupId: string;
  /** All partitions that the group shares. */
  readonly places: readonly Place[];
  readonly random: RandomStream;
  readonly sleep: Simulation["sleep"];
  /** Told of every record before its offset is committed: one may come twice, none is left out. */
  readonly onRecord: (value: string) => void;
}

type Joined = ResponseReceived<typeof JoinGroup>;

export class GroupMember {
  readonly #options: GroupMemberOptions;
  #memberId = "";
  #generationId = -1;
  #assigned: readonly Place[] = [];
  readonly #positions = new Map<Place, number>();
  #isLeaving = false;
  /** How often it got a part. */
  generations = 0;

  constructor(options: GroupMemberOptions) {
    this.#options = options;
  }

  /** The partitions that it reads now. */
  get assigned(): readonly Place[] {
    return this.#assigned;
  }

  /** Asks it to go; `run` ends soon after. */
  leave(): void {
    this.#isLeaving = true;
  }

  /** Takes part until it is told to leave, whatever becomes of the broker. */
  async run(): Promise<void> {
    while (!this.#isLeaving) {
      try {
        if (await this.#join()) await this.#consume();
      } catch (failure) {
        if (!(failure instanceof ConnectionLost)) throw failure;
      }
      await this.#options.sleep(20);
    }
    const { client, groupId } = this.#options;
    await client.request(LeaveGroup, 5, { groupId, members: [{ memberId: this.#memberId }] });
  }

  /** True when it has its part. Everything else is tried again. */
  async #join(): Promise<boolean> {
    this.#assigned = [];
    if (!(await this.#findCoordinator())) return false;
    const { client, groupId } = this.#options;
    const joined = await client.request(JoinGroup, 9, {
      ...{ groupId, sessionTimeoutMs: SESSION_MS, rebalanceTimeoutMs: REBALANCE_MS, memberId: this.#memberId },
      protocolType: PROTOCOL.protocolType,
      protocols: [{ name: PROTOCOL.name, metadata: Buffer.from(client.clientId) }],
    });
    if (joined.errorCode === errors.MEMBER_ID_REQUIRED.code) {
      this.#memberId = joined.memberId;
      return this.#join();
    }
    if (joined.errorCode === errors.UNKNOWN_MEMBER_ID.code) this.#memberId = "";
    if (joined.errorCode !== errors.NONE.code) return false;
    this.#memberId = joined.memberId;
    this.#generationId = joined.generationId;
    return this.#sync(joined);
  }

  async #findCoordinator(): Promise<boolean> {
    const { client, groupId } = this.#options;
    const { coordinators } = await client.request(FindCoordinator, 4, { keyType: 0, coordinatorKeys: [groupId] });
    return coordinators[0]?.errorCode === errors.NONE.code;
  }

  async #sync(joined: Joined): Promise<boolean> {
    const { client, groupId, places } = this.#options;
    const { errorCode, assignment } = await client.request(SyncGroup, 5, {
      ...{ groupId, memberId: this.#memberId, generationId: this.#generationId },
      protocolType: PROTOCOL.protocolType,
      protocolName: PROTOCOL.name,
      assignments: joined.leader === this.#memberId ? shared(joined, places) : [],
    });
    if (errorCode !== errors.NONE.code) return false;
    this.#assigned = [...assignment].flatMap((index) => places[index] ?? []);
    this.generations++;
    return true;
  }

  /** Reads, commits and says that it lives, until the group wants it to join again. */
  async #consume(): Promise<void> {
    const { client, groupId, random } = this.#options;
    for (const place of this.#assigned) {
      const { errorCode, committedOffset: offset } = await committedOffset(client, groupId, place);
      if (errorCode !== errors.NONE.code) return;
      this.#positions.set(place, Math.max(offset, 0));
    }
    while (!this.#isLeaving) {
      const beat = { groupId, memberId: this.#memberId, generationId: this.#generationId };
      const { errorCode } = await client.request(Heartbeat, 4, beat);
      if (errorCode !== errors.NONE.code) return;
      const place = this.#assigned[random.below(this.#assigned.length)];
      if (place !== undefined) await this.#read(place);
      await this.#options.sleep(random.below(200));
    }
  }

  async #read(place: Place): Promise<void> {
    const { client, groupId, random, onRecord } = this.#options;
    const position = this.#positions.get(place) ?? 0;
    const wait = { minBytes: random.pick(1, 5_000), maxWaitMs: random.below(500) };
    const { records } = await fetch(client, place, position, wait);
    if (records === null || records.length === 0) return;
    const found = recordsIn(records).filter(({ offset }) => offset >= position);
    for (const { value } of found) onRecord(value);
    const next = (found.at(-1)?.offset ?? position - 1) + 1;
    const identity = { groupId, memberId: this.#memberId, generationId: this.#generationId };
    const errorCode = await commitOffset(client, identity, place, { offset: next, metadata: "" });
    if (errorCode === errors.NONE.code) this.#positions.set(place, next);
  }
}

/** The partitions in turn to the members; an assignment is a list of their numbers. */
function shared({ members }: Joined, places: readonly Place[]) {
  return members.map(({ memberId }, turn) => ({
    memberId,
    assignment: Uint8Array.from(places.keys()).filter((index) => index % members.length === turn),
  }));
}
