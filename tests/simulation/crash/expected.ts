/** What must be true of the whole cluster, as its clients know it. A step that was not answered may have happened or not. */
import { invariant } from "../../../src/lib/invariant.js";
import type { Place } from "../calls.js";
import { ExpectedCommits } from "./expected-commits.js";
import { ExpectedLedger } from "./expected-ledger.js";
import { ExpectedLog, type Fault, faults } from "./expected-log.js";

export interface FoundTopic {
  readonly topicId: string;
  readonly partitions: number;
}

interface ExpectedTopic {
  /** Null: it was asked for, and nobody knows whether it came to be. */
  known: { readonly topicId: string; readonly logs: readonly ExpectedLog[] } | null;
  /** A request about it is under way, or was never answered. */
  isUnsure: boolean;
  /** It may have so many partitions by now. */
  growsTo: number;
}

export class Expected {
  /** A broker that is about to stop takes no new topics. */
  isStopping = false;
  /** The partitions that the members of groups share; empty until their topic is there. */
  shared: readonly Place[] = [];
  readonly commits = new ExpectedCommits();
  /** What only its leader had when it was answered may be lost with it: only acks=all promises anything. */
  readonly isReplicated: boolean;
  readonly #syncsAlways: boolean;
  readonly #topics = new Map<string, ExpectedTopic>();
  readonly #producerIds = new Set<number>();
  #clusterId: string | null = null;
  #since: Fault = "none";
  #powerCuts = 0;
  #ledger = new ExpectedLedger(0);

  /** `syncsAlways`: every answered record is durable. */
  constructor({ syncsAlways, isReplicated }: { readonly syncsAlways: boolean; readonly isReplicated: boolean }) {
    this.#syncsAlways = syncsAlways;
    this.isReplicated = isReplicated;
  }

  /** The worst that happened since the last audit. */
  get since(): Fault {
    return this.#since;
  }

  get powerCuts(): number {
    return this.#powerCuts;
  }

  happened(what: "kill" | "power cut"): void {
    const fault = this.#syncsAlways ? "kill" : what;
    if (faults.indexOf(fault) > faults.indexOf(this.#since)) this.#since = fault;
    if (fault !== "power cut") return;
    this.#powerCuts++;
    this.#ledger = new ExpectedLedger(this.#powerCuts);
  }

  /** What transactions write to since the last power cut. */
  get ledger(): ExpectedLedger {
    return this.#ledger;
  }

  /** The logs of all topics that surely exist. */
  get logs(): readonly ExpectedLog[] {
    return [...this.#topics.values()].flatMap(({ known, isUnsure }) => (known === null || isUnsure ? [] : known.logs));
  }

  /** The topics that surely exist. */
  get topics(): readonly string[] {
    return [...this.#topics].flatMap(([name, { known, isUnsure }]) => (known === null || isUnsure ? [] : [name]));
  }

  isFree(name: string): boolean {
    return !this.#topics.has(name);
  }

  creating(name: string): void {
    this.#topics.set(name, { known: null, isUnsure: true, growsTo: 0 });
  }

  exists(name: string, { topicId, partitions }: FoundTopic): void {
    const { known = null } = this.#topics.get(name) ?? {};
    const logs = Array.from(
      { length: partitions },
      (_, partition) => known?.logs[partition] ?? new ExpectedLog({ topic: name, topicId, partition }),
    );
    this.#topics.set(name, { known: { topicId, logs }, isUnsure: false, growsTo: partitions });
  }

  /** One partition more was asked for. Returns how many there will be then, and whose they are. */
  growing(name: string): FoundTopic | null {
    const topic = this.#topics.get(name);
    if (topic === undefined || topic.known === null) return null;
    const { topicId, logs } = topic.known;
    topic.isUnsure = true;
    topic.growsTo = logs.length + 1;
    return { topicId, partitions: topic.growsTo };
  }

  /** Returns the id of what is asked to be deleted. */
  deleting(name: string): string {
    const topic = this.#topics.get(name);
    invariant(topic !== undefined && topic.known !== null, "only what is known to exist is deleted");
    topic.isUnsure = true;
    return topic.known.topicId;
  }

  isGone(name: string): void {
    this.#topics.delete(name);
  }

  gotProducerId(id: number): void {
    invariant(!this.#producerIds.has(id), `producer id ${id} was given out twice`);
    this.#producerIds.add(id);
  }

  isCluster(clusterId: string): void {
    this.#clusterId ??= clusterId;
    invariant(this.#clusterId === clusterId, `the cluster ${this.#clusterId} became ${clusterId}`);
  }

  /** Metadata is durable before it is answered: no fault takes a topic away, or brings one back. */
  auditTopics(found: ReadonlyMap<string, FoundTopic>): void {
    for (const [name, { topicId, partitions }] of found) {
      if (!isOfAdmin(name)) continue;
      const topic = this.#topics.get(name);
      invariant(topic !== undefined, `topic ${name} exists although it was deleted, or never created`);
      if (topic.known === null) this.exists(name, { topicId, partitions });
      else {
        const { known } = topic;
        invariant(known.topicId === topicId, `topic ${name} had the id ${known.topicId}, now it has ${topicId}`);
        const isAsAsked = [known.logs.length, topic.growsTo].includes(partitions);
        invariant(
          isAsAsked,
          `topic ${name} has ${known.logs.length} partitions, or ${topic.growsTo}, not ${partitions}`,
        );
        this.exists(name, { topicId, partitions });
      }
    }
    for (const [name, { isUnsure }] of [...this.#topics]) {
      if (found.has(name)) continue;
      invariant(isUnsure, `after "${this.#since}", the topic ${name} is gone although its creation was answered`);
      this.isGone(name);
    }
  }

  /** Everything was looked at: what was found is the base for what follows. */
  audited(): void {
    this.#since = "none";
  }
}

/** The topics of transactions and of groups have a dash in their names. They are never deleted. */
function isOfAdmin(name: string): boolean {
  return !name.includes("-");
}
