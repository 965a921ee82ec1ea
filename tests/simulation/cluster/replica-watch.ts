/**
 * Looks at the replicas of a broker after each of its events. What a leader has committed once is committed for good: so
 *   - no two brokers lead a partition in one epoch,
 *   - the high watermark of a replica never goes back while its broker lives (after a start it begins where it was noted
 *     last, and that of a new leader may be behind the old one's: what lies between is hidden for a moment, not lost; a
 *     follower far behind gives up all that it has and begins with a batch of the leader's),
 *   - the newest leader, and whoever may lead next by the word of the controller (in sync, or eligible by KIP-966), has all that any leader ever committed, and
 *   - below its high watermark a replica has the same batches as all others, as far back as all leaders had them: where one
 *     began later, and knew nothing of the records before, nobody could be told that his differ.
 */
import type { Partition } from "../../../src/cluster/replication/partition.js";
import { invariant } from "../../../src/lib/invariant.js";
import type { MetadataImage } from "../../../src/metadata/image/image.js";
import type { RunningBroker } from "../../../src/server/start-broker.js";
import type { PartitionLog } from "../../../src/storage/partition-log.js";
import type { SimulatedBroker } from "../broker.js";
import { CommittedBatches, type LogCursor } from "./committed-batches.js";
import type { MetadataObserver } from "./metadata-observer.js";

/** One partition, whoever has replicas of it. */
interface Shared {
  readonly name: string;
  readonly topicId: string;
  readonly index: number;
  readonly leaders: Map<number, number>;
  /** Everything below was committed by some leader. */
  committed: number;
  /** A leader had nothing of what lies below. */
  goneBefore: number;
  newest: { readonly epoch: number; readonly partition: Partition } | null;
  readonly batches: CommittedBatches;
}

/** One replica, while its broker lives. */
interface Seen {
  readonly partition: Partition;
  readonly shared: Shared;
  leaderEpoch: number | null;
  log: PartitionLog | null;
  highWatermark: number;
  cursor: LogCursor | null;
}

interface Process {
  readonly running: RunningBroker;
  image: MetadataImage | null;
  seen: readonly Seen[];
}

export class ReplicaWatch {
  readonly #observer: MetadataObserver;
  readonly #shared = new Map<string, Shared>();
  readonly #processes = new Map<SimulatedBroker, Process>();

  constructor(brokers: readonly SimulatedBroker[], observer: MetadataObserver) {
    this.#observer = observer;
    for (const broker of brokers) broker.host.afterEvent = () => this.#look(broker);
    observer.onChange = (topicId, index) => {
      const shared = this.#shared.get(`${topicId} ${index}`);
      if (shared !== undefined) this.#isKeptInSync(shared);
    };
  }

  #look(broker: SimulatedBroker): void {
    const { running } = broker;
    if (running === null) return;
    let process = this.#processes.get(broker);
    if (process?.running !== running) {
      process = { running, image: null, seen: [] };
      this.#processes.set(broker, process);
    }
    const { image, partitions } = running.inside;
    if (process.image !== image) {
      process.image = image;
      const known = new Map(process.seen.map((seen) => [seen.partition, seen]));
      process.seen = [...partitions.all()].map((partition) => known.get(partition) ?? this.#begin(partition));
    }
    for (const seen of process.seen) this.#check(seen, running.nodeId, broker);
  }

  #begin(partition: Partition): Seen {
    const key = `${partition.topicId} ${partition.index}`;
    const shared = this.#shared.get(key) ?? newShared(partition);
    this.#shared.set(key, shared);
    return { partition, shared, leaderEpoch: null, log: null, highWatermark: 0, cursor: null };
  }

  #check(seen: Seen, nodeId: number, broker: SimulatedBroker): void {
    const { partition } = seen;
    const { leaderEpoch, log } = partition;
    if (log !== seen.log) Object.assign(seen, { log, highWatermark: 0, cursor: null });
    if (leaderEpoch !== seen.leaderEpoch) this.#roleChanged(seen, leaderEpoch, nodeId);
    const highWatermark = log?.highWatermark ?? 0;
    if (highWatermark === seen.highWatermark) return;
    if (log !== null && hasBegunAnew(log)) Object.assign(seen, { highWatermark, cursor: null });
    else this.#moved(seen, highWatermark, broker);
  }

  #roleChanged(seen: Seen, leaderEpoch: number | null, nodeId: number): void {
    seen.leaderEpoch = leaderEpoch;
    if (leaderEpoch === null) return;
    const { partition, shared } = seen;
    const leader = shared.leaders.get(leaderEpoch) ?? nodeId;
    invariant(leader === nodeId, `${leader} and ${nodeId} lead ${shared.name} in epoch ${leaderEpoch}`);
    shared.leaders.set(leaderEpoch, leader);
    const firstOffset = partition.log?.internals.segments.first.baseOffset ?? 0;
    shared.goneBefore = Math.max(shared.goneBefore, firstOffset);
    if (leaderEpoch < (shared.newest?.epoch ?? 0)) return;
    shared.newest = { epoch: leaderEpoch, partition };
    hasAllCommitted(seen);
  }

  /** Whoever may be elected has it all, as far as its broker lives and its disk works. */
  #isKeptInSync({ name, topicId, index, committed }: Shared): void {
    const partition = this.#observer.image.topicsById.get(topicId)?.partitions[index];
    const mayLead = [...(partition?.isr ?? []), ...(partition?.eligibleLeaderReplicas ?? [])];
    for (const [broker, { running }] of this.#processes) {
      const { nodeId } = running;
      if (broker.running !== running || !mayLead.includes(nodeId)) continue;
      const replica = partitionOf(running, topicId, index);
      if (replica === null || replica.isOffline) continue;
      const what = `${name} is committed up to ${committed}, but ${nodeId}, which may lead, ends at ${replica.endOffset}`;
      invariant(replica.endOffset >= committed, what);
    }
  }

  #moved(seen: Seen, highWatermark: number, broker: SimulatedBroker): void {
    const { shared, highWatermark: before } = seen;
    invariant(highWatermark > before, `the high watermark of ${shared.name} goes from ${before} to ${highWatermark}`);
    seen.highWatermark = highWatermark;
    if (seen.leaderEpoch !== null && highWatermark > shared.committed) {
      shared.committed = highWatermark;
      hasAllCommitted(seen);
      this.#isKeptInSync(shared);
    }
    const range = { from: shared.goneBefore, upTo: highWatermark };
    seen.cursor = shared.batches.compare(broker.host, seen.partition, seen.cursor, range);
  }
}

function newShared({ topic, topicId, index }: Partition): Shared {
  const name = `${topic}-${index} ${topicId}`;
  return {
    ...{ name, topicId, index, leaders: new Map(), committed: 0, goneBefore: 0 },
    newest: null,
    batches: new CommittedBatches(name),
  };
}

function hasBegunAnew({ logStartOffset, highWatermark, endOffset }: PartitionLog): boolean {
  return logStartOffset === endOffset && highWatermark === endOffset;
}

function partitionOf(running: RunningBroker, topicId: string, index: number): Partition | null {
  const { image, partitions } = running.inside;
  const partition = partitions.get(image.topicsById.get(topicId)?.name ?? "", index);
  return partition?.topicId === topicId ? partition : null;
}

/** The newest leader has it all. One whose disk fails does not lead. */
function hasAllCommitted({ shared: { name, newest, committed } }: Seen): void {
  if (newest === null || newest.partition.leaderEpoch !== newest.epoch) return;
  const { endOffset } = newest.partition;
  const what = `${name} is committed up to ${committed}, but its leader of epoch ${newest.epoch} ends at ${endOffset}`;
  invariant(endOffset >= committed, what);
}
