/** What happens to the broker of one seed: drawn before the run, so that it can be printed, and cut down by hand. */
import type { RandomStream } from "../../../src/environments/simulated/random-stream.js";
import type { BrokerProperties } from "../broker.js";
import type { Crowd } from "./crowd.js";

export interface Round {
  readonly end: "stop" | "kill" | "power cut";
  /** How long its clients work before. */
  readonly afterMs: number;
  /** The process ends before this operation of the disk, counted from its start, if it comes to it; null: only in time. */
  readonly crash: { readonly beforeOperation: number; readonly how: "kill" | "power cut" } | null;
}

export interface Schedule extends Crowd {
  readonly rounds: readonly Round[];
  /** Every answered record is durable, so a power cut may take no more than a kill. */
  readonly syncsAlways: boolean;
  readonly properties: BrokerProperties;
  /** Of the topics of groups and of transactions. */
  readonly internalSegmentBytes: number;
}

const ROUNDS_MAX = 8;

export function drawSchedule(random: RandomStream): Schedule {
  const syncsAlways = random.chance(0.3);
  const sessionMs = random.pick(100, 300, 1_500);
  return {
    syncsAlways,
    sessionMs,
    rounds: Array.from({ length: random.between(2, ROUNDS_MAX) }, () => drawRound(random)),
    producers: random.between(1, 4),
    consumers: random.between(0, 2),
    committers: random.between(0, 2),
    transactionalProducers: Array.from({ length: random.between(0, 3) }, () => random.pick(1, 1, 2)),
    committedReaders: random.between(0, 2),
    classicMembers: random.pick(0, 0, 1, 3),
    consumerMembers: random.pick(0, 0, 1, 3),
    internalSegmentBytes: random.pick(10_000, 50_000, 1_000_000),
    properties: {
      "offsets.topic.num.partitions": random.between(1, 3),
      "transaction.state.log.num.partitions": random.between(1, 3),
      "transaction.abort.timed.out.transaction.cleanup.interval.ms": random.pick(20, 10_000),
      "log.flush.offset.checkpoint.interval.ms": random.pick(50, 300, 60_000),
      "log.segment.delete.delay.ms": random.pick(0, 100, 60_000),
      "log.initial.task.delay.ms": random.below(100),
      "log.retention.check.interval.ms": random.pick(10, 100, 1_000),
      "log.cleaner.backoff.ms": random.pick(10, 100, 1_000),
      "log.cleaner.min.cleanable.ratio": random.pick(0, 0.5),
      ...propertiesOfGroups(sessionMs),
      ...(syncsAlways ? { "samsa.log.sync": "always" } : {}),
    },
  };
}

function propertiesOfGroups(sessionMs: number): BrokerProperties {
  return {
    "num.partitions": 4,
    "group.min.session.timeout.ms": 1,
    "group.initial.rebalance.delay.ms": 0,
    "group.consumer.min.session.timeout.ms": 1,
    "group.consumer.session.timeout.ms": sessionMs,
    "group.consumer.min.heartbeat.interval.ms": 1,
    "group.consumer.heartbeat.interval.ms": 10,
  };
}

function drawRound(random: RandomStream): Round {
  const how = random.pick("kill", "power cut");
  const operations = random.pick(50, 500, 3_000);
  return {
    end: random.pick("stop", "kill", "power cut", "power cut"),
    afterMs: random.below(random.pick(20, 200, 1_000)),
    crash: random.chance(0.5) ? { beforeOperation: random.below(operations), how } : null,
  };
}
