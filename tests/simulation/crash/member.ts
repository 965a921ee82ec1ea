/** What the members of both group protocols have in common: a topic that they share, and offsets that only go forward. */
import { invariant } from "../../../src/lib/invariant.js";
import { errors } from "../../../src/protocol/errors.js";
import { commitOffset, committedOffset, type Place, topicsOf } from "../calls.js";
import { commitKey } from "./audit.js";
import { isLate, type Owner, type Ownership } from "./ownership.js";
import { mustBeAmong, type Worker, type WorkerOptions } from "./worker.js";

export const SHARED_TOPIC = "shared-topic";

/** Asks again. */
export const coordinatorIsAway: readonly number[] = [
  errors.COORDINATOR_LOAD_IN_PROGRESS.code,
  errors.COORDINATOR_NOT_AVAILABLE.code,
  errors.NOT_COORDINATOR.code,
];

const mayEndCommit: readonly number[] = [
  ...coordinatorIsAway,
  errors.UNKNOWN_TOPIC_ID.code,
  errors.UNKNOWN_MEMBER_ID.code,
  errors.ILLEGAL_GENERATION.code,
  errors.REBALANCE_IN_PROGRESS.code,
  errors.STALE_MEMBER_EPOCH.code,
];

export interface MemberOptions extends WorkerOptions {
  readonly groupId: string;
  readonly ownership: Ownership;
  /** The session timeout, or the rebalance timeout if that is shorter. */
  readonly patienceMs: number;
}

export abstract class Member implements Worker, Owner {
  readonly name: string;
  readonly patienceMs: number;
  heardMs = 0;
  protected readonly options: MemberOptions;
  readonly #owned = new Map<Place, number>();
  #powerCuts = 0;
  #silentUntilMs = 0;

  constructor(options: MemberOptions) {
    this.options = options;
    this.name = options.client.clientId;
    this.patienceMs = options.patienceMs;
  }

  async step(): Promise<void> {
    const { expected, random } = this.options;
    if (expected.shared.length === 0) return this.#makeTopic();
    if (this.#powerCuts !== expected.powerCuts) this.#startOver();
    if (random.chance(0.01)) this.#silentUntilMs = this.nowMs + random.below(2 * this.patienceMs);
    if (this.nowMs < this.#silentUntilMs) return;
    await this.takePart();
    const places = [...this.#owned.keys()];
    const place = places[random.below(places.length)];
    if (place !== undefined && !isLate(this, this.nowMs)) await this.#commit(place);
  }

  /** One thing that the protocol asks for. */
  protected abstract takePart(): Promise<void>;
  /** A power cut may have taken what the group knew: it goes on as somebody else. */
  protected abstract forget(): void;
  /** The generation or epoch to commit with. */
  protected abstract identity(): { readonly memberId: string; readonly generationId: number };

  protected get nowMs(): number {
    return this.options.clock.monotonicMs();
  }

  protected get owned(): readonly Place[] {
    return [...this.#owned.keys()];
  }

  /** From now on it owns these and no others. Where it goes on, nobody may have committed anything newer. */
  protected async own(places: readonly Place[]): Promise<void> {
    const { ownership } = this.options;
    for (const place of this.owned) {
      if (places.includes(place)) continue;
      ownership.releaseOne(place, this);
      this.#owned.delete(place);
    }
    const fresh = places.filter((place) => !this.#owned.has(place));
    for (const place of fresh) {
      ownership.claim(place, this, this.nowMs);
      this.#owned.set(place, 0);
    }
    for (const place of fresh) await this.#position(place);
  }

  protected disown(): void {
    this.options.ownership.release(this);
    this.#owned.clear();
  }

  #startOver(): void {
    this.#powerCuts = this.options.expected.powerCuts;
    this.disown();
    this.forget();
  }

  async #makeTopic(): Promise<void> {
    const { client, expected } = this.options;
    const [topic] = await topicsOf(client, [SHARED_TOPIC]);
    if (topic?.errorCode !== errors.NONE.code || expected.shared.length > 0) return;
    const { topicId, partitions } = topic;
    expected.shared = partitions.map(({ partitionIndex: partition }) => ({ topic: SHARED_TOPIC, topicId, partition }));
  }

  async #position(place: Place): Promise<void> {
    const { client, expected, groupId } = this.options;
    const least = expected.commits.answered(commitKey(groupId, place));
    const { errorCode, committedOffset: offset, metadata } = await committedOffset(client, groupId, place);
    if (errorCode !== errors.NONE.code) return mustBeAmong(coordinatorIsAway, errorCode, "a look-up of an offset");
    const isNewest = isLate(this, this.nowMs) || Number(metadata) >= least;
    invariant(isNewest, `${this.name} goes on at commit ${metadata} of partition ${place.partition}, behind ${least}`);
    if (this.#owned.has(place)) this.#owned.set(place, Math.max(offset, 0));
  }

  async #commit(place: Place): Promise<void> {
    const { client, expected, groupId, random } = this.options;
    const { commits } = expected;
    const key = commitKey(groupId, place);
    const commit = commits.committing(key, (this.#owned.get(place) ?? 0) + random.below(3));
    const committed = { offset: commit.offset, metadata: String(commit.number) };
    const errorCode = await commitOffset(client, { groupId, ...this.identity() }, place, committed);
    if (errorCode !== errors.NONE.code) return mustBeAmong(mayEndCommit, errorCode, "a commit of a member");
    commits.acknowledged(key, commit);
    if (this.#owned.has(place)) this.#owned.set(place, commit.offset);
  }
}
