import type { ControllerTypes } from "../../cluster/controller/controller-types.js";
import type { BrokerConfig } from "../../config/broker-config.js";
import type { Clock } from "../../lib/environment.js";
import type { MetadataImage } from "../../metadata/image/image.js";
import type { Logger } from "../../observability/logger.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import { groupTopic, transactionTopic } from "../internal-topics.js";
import type { ControllerCallOptions, ControllerCalls } from "./controller-calls.js";

/** How long the controller may take over a topic that nobody asked for by itself. */
const CREATION_TIMEOUT_MS = 30_000;
/**
 * Where nobody knows how many brokers there will be, they have so long to come before an internal topic gets fewer replicas
 * than are wished: it would keep them until somebody adds some (`samsa cluster rebalance`).
 */
const OTHERS_MAY_COME_MS = 10_000;

type TopicCreated = ControllerTypes["Calls"]["createTopics"]["reply"]["topics"][number];

interface NewTopic {
  readonly name: string;
  readonly numPartitions: number;
  readonly replicationFactor: number;
  readonly assignments: readonly never[];
  readonly configs: readonly { readonly name: string; readonly value: string }[];
}

/** Creates topics that nobody created: those that clients ask for by name, and the internal ones. */
export class TopicCreation {
  readonly #controller: Pick<ControllerCalls, "call">;
  readonly #config: BrokerConfig;
  readonly #image: () => MetadataImage;
  readonly #clusterSize: number | null;
  readonly #wire: Clock;
  readonly #logger: Pick<Logger, "warn">;
  readonly #startMs: number;

  constructor(options: {
    readonly controller: Pick<ControllerCalls, "call">;
    readonly config: BrokerConfig;
    readonly image: () => MetadataImage;
    /** How many brokers there will be at least: none of the internal topics is made before. Null: nobody knows. */
    readonly clusterSize: number | null;
    readonly wire: Clock;
    readonly logger: Pick<Logger, "warn">;
  }) {
    this.#controller = options.controller;
    this.#config = options.config;
    this.#image = options.image;
    this.#clusterSize = options.clusterSize;
    this.#wire = options.wire;
    this.#logger = options.logger;
    this.#startMs = options.wire.monotonicMs();
  }

  /**
   * What became of each topic; one that existed already is as good as created. `caller`: who asked for it by name, and must
   * have the right to create it. Not given: this broker needs it.
   */
  async create(
    names: readonly string[],
    caller?: ControllerCallOptions["caller"],
  ): Promise<ReadonlyMap<string, ErrorCode>> {
    const request = {
      topics: [...new Set(names)].map((name) => this.#newTopic(name)),
      timeoutMs: CREATION_TIMEOUT_MS,
      validateOnly: false,
    };
    const outcome = await this.#controller.call("createTopics", request, caller === undefined ? {} : { caller });
    if ("errorCode" in outcome) return new Map(names.map((name) => [name, outcome.errorCode]));
    for (const topic of outcome.reply.topics) this.#tellOfFewReplicas(topic);
    return new Map(outcome.reply.topics.map(({ name, errorCode }) => [name, unlessItExisted(errorCode)]));
  }

  #newTopic(name: string): NewTopic {
    const { topics, groups, transactions } = this.#config;
    switch (name) {
      case groupTopic:
        return internalTopic(name, groups.offsetsTopicNumPartitions, this.#replicas(name), {
          "compression.type": "producer",
          "segment.bytes": groups.offsetsTopicSegmentBytes,
        });
      case transactionTopic: {
        const replicas = this.#replicas(name);
        return internalTopic(name, transactions.transactionStateLogNumPartitions, replicas, {
          "compression.type": "uncompressed",
          "min.insync.replicas": Math.min(transactions.transactionStateLogMinIsr, replicas),
          "segment.bytes": transactions.transactionStateLogSegmentBytes,
          "unclean.leader.election.enable": false,
        });
      }
      default: {
        const { numPartitions, defaultReplicationFactor: replicationFactor } = topics;
        return { name, numPartitions, replicationFactor, assignments: [], configs: [] };
      }
    }
  }

  /** Coordinators work on a small cluster too: there, Apache Kafka wants the factors to be set by hand. */
  #replicas(name: string): number {
    return Math.min(this.#replicasWished(name), Math.max(this.#image().brokers.size, this.#expected()));
  }

  /** Of a topic of coordinators; of any other, nothing is wished. */
  #replicasWished(name: string): number {
    const { groups, transactions } = this.#config;
    if (name === groupTopic) return groups.offsetsTopicReplicationFactor;
    return name === transactionTopic ? transactions.transactionStateLogReplicationFactor : 0;
  }

  /** Brokers that come later change nothing by themselves, so whoever runs the cluster should know. */
  #tellOfFewReplicas(created: TopicCreated): void {
    const { name: topic, errorCode, replicationFactor: replicas = 0 } = created;
    const wished = this.#replicasWished(topic);
    if (this.#clusterSize !== null || errorCode !== errors.NONE.code || replicas >= wished) return;
    const what = "a topic of coordinators was made with fewer replicas than wished, as there are so few brokers";
    this.#logger.warn(
      { topic, replicas, wished },
      `${what}; \`samsa cluster rebalance\` adds them when there are more`,
    );
  }

  #expected(): number {
    if (this.#clusterSize !== null) return this.#clusterSize;
    return this.#wire.monotonicMs() < this.#startMs + OTHERS_MAY_COME_MS ? Number.POSITIVE_INFINITY : 0;
  }
}

/** As Kafka configures them: compacted, in segments that load quickly. */
function internalTopic(
  name: string,
  numPartitions: number,
  replicationFactor: number,
  configs: Readonly<Record<string, string | number | boolean>>,
): NewTopic {
  const all = Object.entries({ "cleanup.policy": "compact", ...configs });
  return {
    name,
    numPartitions,
    replicationFactor,
    assignments: [],
    configs: all.map(([config, value]) => ({ name: config, value: String(value) })),
  };
}

function unlessItExisted(errorCode: number): ErrorCode {
  return (errorCode === errors.TOPIC_ALREADY_EXISTS.code ? errors.NONE.code : errorCode) as ErrorCode;
}
