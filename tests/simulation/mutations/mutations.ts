/** A deliberate bug: some lines of the source with others in their place. */
export interface Mutation {
  readonly name: string;
  readonly changes: readonly Change[];
}

export interface Change {
  /** From the root of the project. */
  readonly file: string;
  /** Stands in the file once. */
  readonly find: string;
  readonly replace: string;
}

const LEADING = "src/cluster/replication/leading";
const CONTROLLER = "src/cluster/controller";

/** Each must be found out by some seed. What follows a rule of a KIP is named after what it breaks. */
export const mutations: readonly Mutation[] = [
  {
    name: "the high watermark runs ahead of the followers",
    changes: [
      {
        file: `${LEADING}/leader.ts`,
        find: "? this.#view.committedUpTo(replica, replica.config.minInsyncReplicas, this.#circumstances())",
        replace: "? log.settledOffset",
      },
    ],
  },
  {
    name: "acks=all is answered when the leader alone has the records",
    changes: [
      {
        file: "src/server/handlers/00-produce.ts",
        find: "(acks === 1 ? partition.settledOffset : partition.highWatermark) >= requiredOffset",
        replace: "partition.settledOffset >= requiredOffset",
      },
    ],
  },
  {
    name: "a follower keeps the tail that its new leader does not have",
    changes: [
      {
        file: "src/server/fetching/fetch-read.ts",
        find: "return end.epoch < lastFetchedEpoch || end.endOffset < fetchOffset ? { ...found, divergingEpoch: end } : found;",
        replace: "return found;",
      },
    ],
  },
  {
    name: "what is proposed for the ISR does not count for the high watermark (KIP-497)",
    changes: [
      {
        file: `${LEADING}/leader-view.ts`,
        find: "for (const follower of this.#followers) follower.isInMaximalIsr ||= isr.includes(follower.brokerId);",
        replace: "",
      },
      {
        file: `${LEADING}/isr.ts`,
        find: "if (follower.isInMaximalIsr || isAboutToJoin(follower)) offset = follower.endOffset;",
        replace: "if (follower.isInMaximalIsr) offset = follower.endOffset;",
      },
    ],
  },
  {
    name: "who joins the ISR need not have the beginning of the leader's epoch",
    changes: [
      {
        file: `${LEADING}/isr.ts`,
        find: "return endOffset >= leader.highWatermark && endOffset >= leader.epochStartOffset;",
        replace: "return endOffset >= leader.highWatermark;",
      },
    ],
  },
  {
    name: "a broker that falls silent stays in the ISR and leads on",
    changes: [
      {
        file: `${CONTROLLER}/brokers/heartbeats.ts`,
        find: "return [...withoutBroker(image, rules, broker.id), change(broker, { fenced: 1 })];",
        replace: "return [change(broker, { fenced: 1 }), ...withoutBroker(image, rules, -broker.id)];",
      },
    ],
  },
  {
    name: "a broker that lost its power keeps its place in the ISR (KIP-966)",
    changes: [
      {
        file: `${CONTROLLER}/brokers/registration.ts`,
        find: "return hasAll ? withoutBroker(image, rules, brokerId) : withoutLostBroker(image, rules, brokerId);",
        replace: "return hasAll ? withoutBroker(image, rules, brokerId) : withoutLostBroker(image, rules, -brokerId);",
      },
    ],
  },
  {
    name: "records are committed while too few are in sync (KIP-966)",
    changes: [
      {
        file: `${LEADING}/leader-view.ts`,
        find: "if (!this.hasEnoughInSync(minInsyncReplicas)) return null;",
        replace: "",
      },
    ],
  },
  {
    name: "any replica may be elected",
    changes: [
      {
        file: `${CONTROLLER}/partitions/partition-change.ts`,
        find: "replica !== undefined && hasAll.includes(replica) && mayLead(replica);",
        replace: "replica !== undefined && hasAll.length >= 0 && mayLead(replica);",
      },
    ],
  },
  {
    name: "a batch that was sent again is appended again",
    changes: [
      {
        file: "src/storage/producers/producer-state.ts",
        find: 'if (of !== undefined) return { name: "duplicate", of };',
        replace: "if (of !== undefined) return APPEND;",
      },
    ],
  },
  {
    name: "readers of committed records are not told what was aborted",
    changes: [
      {
        file: "src/server/fetching/fetch-read.ts",
        find: "return isWanted ? partition.abortedTransactions(asked.fetchOffset, nextOffset) : [];",
        replace: "return isWanted ? partition.abortedTransactions(asked.fetchOffset, nextOffset + 0).slice(0, 0) : [];",
      },
    ],
  },
  {
    name: "readers of committed records read as far as all others",
    changes: [
      {
        file: "src/cluster/replication/partition.ts",
        find: 'return upTo === "high watermark" ? this.highWatermark : this.lastStableOffset;',
        replace: "return this.highWatermark;",
      },
    ],
  },
  {
    name: "a move ends before the new replicas are in sync",
    changes: [
      {
        file: `${CONTROLLER}/partitions/partition-change.ts`,
        find: "const isOver = isr.length > 0 && awaited.every((replica) => isr.includes(replica));",
        replace: "const isOver = isr.length > 0;",
      },
    ],
  },
  {
    name: "coordinators answer before their records are committed",
    changes: [
      {
        file: "src/coordination/outgoing.ts",
        find: 'if (offset === "at once" || offset <= committedOffset) this',
        replace: 'if (offset === "at once" || offset <= committedOffset || offset > 0) this',
      },
    ],
  },
  {
    name: "a broker that was started anew is taken for the one before (KIP-903)",
    changes: [
      {
        file: `${CONTROLLER}/partitions/alter-partition.ts`,
        find: "return isActive(broker) && (brokerEpoch === -1 || brokerEpoch === broker?.epoch);",
        replace: "return isActive(broker) && (brokerEpoch >= -1 || brokerEpoch === broker?.epoch);",
      },
      {
        file: `${LEADING}/isr.ts`,
        find: "return brokerEpoch === -1 || brokerEpoch === broker.epoch;",
        replace: "return brokerEpoch >= -1 || brokerEpoch === broker.epoch;",
      },
      {
        file: `${LEADING}/follower-progress.ts`,
        find: "return brokerEpoch !== UNKNOWN && brokerEpoch < this.brokerEpoch;",
        replace: "return brokerEpoch !== UNKNOWN && brokerEpoch < UNKNOWN;",
      },
    ],
  },
  {
    name: "an in-sync set is changed by who does not know the last change (KIP-497)",
    changes: [
      {
        file: `${CONTROLLER}/partitions/alter-partition.ts`,
        find: 'if (partitionEpoch < before.partitionEpoch) return "INVALID_UPDATE_VERSION";',
        replace: "",
      },
    ],
  },
  {
    name: "who believes in an older leader is answered by its successor (KIP-320)",
    changes: [
      {
        file: "src/cluster/replication/partition.ts",
        find: "if (currentLeaderEpoch >= 0 && currentLeaderEpoch < role.leaderEpoch) return errors.FENCED_LEADER_EPOCH.code;",
        replace: "",
      },
    ],
  },
  {
    name: "a producer that was fenced writes on (KIP-98)",
    changes: [
      {
        file: "src/storage/producers/producer-state.ts",
        find: "if (entry !== undefined && producerEpoch < entry.epoch) return refuseEpoch(producerId, producerEpoch, entry.epoch);",
        replace: "",
      },
    ],
  },
  {
    name: "a controller writes while its predecessor's last batch is being written (found by seed 3089)",
    changes: [
      {
        file: "src/cluster/engines/local/local-engine.ts",
        find: "      await this.#underWay;\n",
        replace: "",
      },
    ],
  },
  {
    name: "a follower that has nothing left cannot begin inside a batch",
    changes: [
      {
        file: "src/cluster/replication/following/follower.ts",
        find: "return holdsStart ? this.#startAnewAt(first.baseOffset) : errors.NONE.code;",
        replace: "return errors.NONE.code;",
      },
    ],
  },
];
