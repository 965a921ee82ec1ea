import type { ControllerTypes } from "../cluster/controller/controller-types.js";
import type { BrokerConfig } from "../config/broker-config.js";
import type { Runner } from "../coordination/runner.js";
import { type ErrorCode, errors } from "../protocol/errors.js";
import { groupTopic, transactionTopic } from "./internal-topics.js";

/** How long the controller may take over a topic that nobody asked for by itself. */
const creationTimeoutMs = 30_000;

interface NewTopic {
  readonly name: string;
  readonly numPartitions: number;
  readonly replicationFactor: number;
  readonly assignments: readonly never[];
  readonly configs: readonly { readonly name: string; readonly value: string }[];
}

/** Creates topics that nobody created: those that clients ask for by name, and the internal ones. */
export class TopicCreation {
  readonly #controller: Pick<Runner<ControllerTypes>, "call">;
  readonly #config: BrokerConfig;

  constructor(controller: Pick<Runner<ControllerTypes>, "call">, config: BrokerConfig) {
    this.#controller = controller;
    this.#config = config;
  }

  /** What became of each topic; one that existed already is as good as created. */
  async create(names: readonly string[]): Promise<ReadonlyMap<string, ErrorCode>> {
    const outcome = await this.#controller.call("createTopics", {
      topics: [...new Set(names)].map((name) => this.#newTopic(name)),
      timeoutMs: creationTimeoutMs,
      validateOnly: false,
    });
    if ("errorCode" in outcome) return new Map(names.map((name) => [name, outcome.errorCode]));
    return new Map(outcome.reply.topics.map(({ name, errorCode }) => [name, unlessItExisted(errorCode)]));
  }

  #newTopic(name: string): NewTopic {
    const { topics, groups, transactions } = this.#config;
    switch (name) {
      case groupTopic:
        return internalTopic(name, groups.offsetsTopicNumPartitions, {
          "compression.type": "producer",
          "segment.bytes": groups.offsetsTopicSegmentBytes,
        });
      case transactionTopic:
        return internalTopic(name, transactions.transactionStateLogNumPartitions, {
          "compression.type": "uncompressed",
          "min.insync.replicas": Math.min(transactions.transactionStateLogMinIsr, internalReplicas),
          "segment.bytes": transactions.transactionStateLogSegmentBytes,
          "unclean.leader.election.enable": false,
        });
      default: {
        const { numPartitions, defaultReplicationFactor: replicationFactor } = topics;
        return { name, numPartitions, replicationFactor, assignments: [], configs: [] };
      }
    }
  }
}

/** One node holds one replica, whatever was wished. */
const internalReplicas = 1;

/** As Kafka configures them: compacted, in segments that load quickly. */
function internalTopic(
  name: string,
  numPartitions: number,
  configs: Readonly<Record<string, string | number | boolean>>,
): NewTopic {
  const all = Object.entries({ "cleanup.policy": "compact", ...configs });
  return {
    name,
    numPartitions,
    replicationFactor: internalReplicas,
    assignments: [],
    configs: all.map(([config, value]) => ({ name: config, value: String(value) })),
  };
}

function unlessItExisted(errorCode: number): ErrorCode {
  return (errorCode === errors.TOPIC_ALREADY_EXISTS.code ? errors.NONE.code : errorCode) as ErrorCode;
}
