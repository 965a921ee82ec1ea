import { directoryIds } from "../../cluster/controller/partitions/directory-ids.js";
import type { Clock } from "../../lib/environment.js";
import type { MetadataImage, PartitionImage, TopicImage } from "../../metadata/image/image.js";
import { errors } from "../../protocol/errors.js";
import type { AssignReplicasToDirs } from "../../protocol/messages/73-assign-replicas-to-dirs.js";
import type { RequestOf } from "../../protocol/schema/message.js";
import type { LogStore } from "../../storage/folders/log-store.js";
import type { ControllerCalls } from "../controlling/controller-calls.js";

export interface FolderReportsOptions {
  readonly nodeId: number;
  readonly store: Pick<LogStore, "folders" | "get" | "isOutOfReach" | "placeOf">;
  readonly controller: Pick<ControllerCalls, "call">;
  readonly image: () => MetadataImage;
  readonly brokerEpoch: () => number;
  readonly wire: Clock;
}

type Assignments = RequestOf<typeof AssignReplicasToDirs>["directories"];

/** What came up in so short a time goes in one request. */
const DELAY_MS = 50;
const RETRY_MS = 1_000;
/** In one request; the rest goes in the next. */
const REPLICAS_MAX = 2_000;

/**
 * Tells the controller in which folders the replicas of this broker lie, where the metadata says otherwise: a replica that
 * moved, a broker with several folders, a disk that was replaced (KIP-858).
 */
export class FolderReports {
  readonly #options: FolderReportsOptions;
  /** Replicas to look at, by topic id. */
  readonly #toCheck = new Map<string, Set<number>>();
  #isDue = false;
  #isClosed = false;

  constructor(options: FolderReportsOptions) {
    this.#options = options;
  }

  /** Looks at the topics that changed. */
  topicsChanged(before: MetadataImage, after: MetadataImage): void {
    for (const [topicId, topic] of after.topicsById) {
      if (before.topicsById.get(topicId) !== topic) this.#check(topic);
    }
  }

  /** The log of this replica lies elsewhere now. */
  moved(topicId: string, partition: number): void {
    this.#note(topicId, partition);
  }

  close(): void {
    this.#isClosed = true;
  }

  #check({ id, partitions }: TopicImage): void {
    const onlyFolder = this.#onlyFolder();
    partitions.forEach(({ replicas, directories }, index) => {
      const at = replicas.indexOf(this.#options.nodeId);
      // Nearly always: the controller knew it beforehand.
      if (at !== -1 && (onlyFolder === null || directories[at] !== onlyFolder)) this.#note(id, index);
    });
  }

  #onlyFolder(): string | null {
    const [first, ...others] = this.#options.store.folders;
    return others.length === 0 ? (first?.directory?.owner?.directoryId ?? null) : null;
  }

  #note(topicId: string, partition: number): void {
    const indexes = this.#toCheck.get(topicId) ?? new Set();
    this.#toCheck.set(topicId, indexes.add(partition));
    this.#schedule(DELAY_MS);
  }

  #schedule(afterMs: number): void {
    const { wire } = this.#options;
    if (this.#isDue) return;
    this.#isDue = true;
    wire.at(wire.monotonicMs() + afterMs, () => void this.#report());
  }

  async #report(): Promise<void> {
    if (this.#isClosed) return;
    const { nodeId, controller, brokerEpoch } = this.#options;
    const directories = this.#misplaced();
    const request = { brokerId: nodeId, brokerEpoch: brokerEpoch(), directories };
    const outcome = directories.length === 0 ? null : await controller.call("assignReplicasToDirs", request);
    this.#isDue = false;
    const isTaken = outcome === null || ("reply" in outcome && outcome.reply.errorCode === errors.NONE.code);
    if (!isTaken) this.#again(directories);
    if (this.#toCheck.size > 0) this.#schedule(isTaken ? 0 : RETRY_MS);
  }

  #again(directories: Assignments): void {
    for (const { topicId, partitions } of directories.flatMap(({ topics }) => topics)) {
      const indexes = this.#toCheck.get(topicId) ?? new Set();
      for (const { partitionIndex } of partitions) indexes.add(partitionIndex);
      this.#toCheck.set(topicId, indexes);
    }
  }

  /** Takes what is to be checked, as much as goes into a request, and keeps what the metadata has wrong. */
  #misplaced(): Assignments {
    const byFolder = new Map<string, Map<string, { partitionIndex: number }[]>>();
    let left = REPLICAS_MAX;
    for (const [topicId, indexes] of this.#toCheck) {
      for (const partitionIndex of indexes) {
        if (left-- === 0) return listed(byFolder);
        indexes.delete(partitionIndex);
        const folder = this.#misplacedIn(topicId, partitionIndex);
        if (folder === null) continue;
        const topics = byFolder.get(folder) ?? new Map<string, { partitionIndex: number }[]>();
        byFolder.set(folder, topics);
        topics.set(topicId, [...(topics.get(topicId) ?? []), { partitionIndex }]);
      }
      this.#toCheck.delete(topicId);
    }
    return listed(byFolder);
  }

  /** The folder in which the replica lies, or will; null where the metadata knows, or where that cannot be said. */
  #misplacedIn(topicId: string, index: number): string | null {
    const { image, store, nodeId } = this.#options;
    const topic = image().topicsById.get(topicId);
    const partition = topic?.partitions[index];
    const at = partition?.replicas.indexOf(nodeId) ?? -1;
    if (topic === undefined || partition === undefined || at === -1) return null;
    if (store.get(topic.name, index, topicId) === null && !this.#mayBeEmpty(topic, partition, index)) return null;
    const folder = store.placeOf(topic.name, index, topicId)?.directory?.owner?.directoryId ?? null;
    return folder === partition.directories[at] ? null : folder;
  }

  /**
   * Before the first record there is no log. The place is told all the same, or the controller would elect nobody else when
   * it fails, and never this replica where a disk was replaced. But who may have lost records with a folder does not say that
   * it is well: only a replica that nobody has placed before, or that another one leads and has taken in sync.
   */
  #mayBeEmpty(
    { name, id }: TopicImage,
    { replicas, directories, isr, leader }: PartitionImage,
    index: number,
  ): boolean {
    const { nodeId, store } = this.#options;
    const isPlaced = directories[replicas.indexOf(nodeId)] !== directoryIds.UNASSIGNED;
    const follows = leader >= 0 && leader !== nodeId && isr.includes(nodeId);
    return (!isPlaced || follows) && !store.isOutOfReach(name, index, id);
  }
}

function listed(byFolder: ReadonlyMap<string, ReadonlyMap<string, readonly { partitionIndex: number }[]>>) {
  return [...byFolder].map(([id, topics]) => ({
    id,
    topics: [...topics].map(([topicId, partitions]) => ({ topicId, partitions })),
  }));
}
