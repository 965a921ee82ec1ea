/** What one seed plays: drawn before the run, so that it can be printed, and cut down by hand. */
import type { RandomStream } from "../../../src/environments/simulated/random-stream.js";
import type { BrokerProperties } from "../broker.js";
import type { Crowd } from "../crash/crowd.js";

export const kinds = [
  "stop",
  "kill",
  "power cut",
  /** The other brokers are out of its reach, and it out of theirs; clients reach it. */
  "isolate",
  /** Nothing reaches it from the other brokers, though they hear it. */
  "deafen",
  /** The other way round. */
  "mute",
  /** Its connections to the other brokers are gone without a word, and new ones come to nothing for a time. */
  "sever",
  /** The same between it and all clients. */
  "sever clients",
  /** All that it sends and is sent takes longer. */
  "slow network",
  /** Nothing reaches it from the metadata engine; a controller loses its lease over that. */
  "stall metadata",
  /** From the metadata engine and all other brokers: it goes on with what it knew. */
  "strand",
  /** If it is the controller, it is not any more, and learns of it late. */
  "depose",
  "disk full",
  "disk slow",
  /** Its disk fails: all that it does with it, or only when it writes. */
  "disk broken",
  "disk read-only",
] as const;

export interface Fault {
  readonly atMs: number;
  readonly kind: (typeof kinds)[number];
  /** The index of the broker; where it is down, the next one that is not. */
  readonly broker: number;
  readonly forMs: number;
}

export interface ClusterSchedule extends Crowd {
  readonly brokers: number;
  readonly faults: readonly Fault[];
  /** Whether partitions are moved meanwhile. */
  readonly hasMover: boolean;
  /** Whether there are clients that come with what was true before. */
  readonly hasLatecomers: boolean;
  readonly properties: BrokerProperties;
}

const FIRST_FAULT_MS = 4_000;
const LAST_FAULT_MS = 44_000;
/** All is at peace from here on. */
export const PEACE_MS = 54_000;

/** Which faults there are is drawn first: few kinds meet one another more often. */
export function drawClusterSchedule(random: RandomStream): ClusterSchedule {
  const brokers = random.pick(3, 3, 3, 3, 3, 3, 3, 3, 4, 5);
  const chosen = kinds.filter(() => random.chance(0.4));
  const faults = Array.from({ length: random.between(8, 12) }, () => drawFault(random, brokers, chosen));
  const sessionMs = random.pick(1_500, 4_000);
  const transactionalProducers = Array.from({ length: random.pick(0, 1, 1, 2) }, () => random.pick(1, 1, 2));
  return {
    brokers,
    faults: faults.sort((one, other) => one.atMs - other.atMs),
    producers: random.between(1, 3),
    consumers: random.between(1, 2),
    committers: random.between(0, 1),
    transactionalProducers,
    committedReaders: transactionalProducers.length > 0 ? 1 : 0,
    classicMembers: random.pick(0, 0, 2),
    consumerMembers: random.pick(0, 0, 2),
    sessionMs,
    hasMover: random.chance(0.5),
    properties: {
      "default.replication.factor": 3,
      "min.insync.replicas": 2,
      "num.partitions": 2,
      "offsets.topic.num.partitions": random.between(1, 2),
      "transaction.state.log.num.partitions": random.between(1, 2),
      "broker.session.timeout.ms": 3_000,
      "broker.heartbeat.interval.ms": 1_000,
      "replica.lag.time.max.ms": 2_000,
      // A follower that has to fetch often is behind for long.
      "replica.fetch.max.bytes": random.pick(2_000, 1_048_576, 1_048_576),
      // Who has nothing new asks again after this time: each time costs.
      "replica.fetch.wait.max.ms": random.pick(500, 1_500, 1_500),
      "leader.imbalance.check.interval.seconds": 5,
      "log.flush.offset.checkpoint.interval.ms": random.pick(1_500, 5_000, 15_000),
      "samsa.log.dir.retry.ms": 1_000,
      "group.min.session.timeout.ms": 1,
      "group.initial.rebalance.delay.ms": 0,
      "group.consumer.min.session.timeout.ms": 1,
      "group.consumer.session.timeout.ms": sessionMs,
      "group.consumer.min.heartbeat.interval.ms": 1,
      "group.consumer.heartbeat.interval.ms": 100,
    },
    // Drawn last: what the seeds had before, they have still.
    hasLatecomers: random.pick(false, true, false),
  };
}

function drawFault(random: RandomStream, brokers: number, chosen: readonly Fault["kind"][]): Fault {
  return {
    atMs: FIRST_FAULT_MS + random.below(LAST_FAULT_MS - FIRST_FAULT_MS),
    kind: random.pick("kill", "power cut", ...chosen, ...chosen),
    broker: random.below(brokers),
    forMs: 100 + random.below(random.pick(500, 4_000, 10_000)),
  };
}
