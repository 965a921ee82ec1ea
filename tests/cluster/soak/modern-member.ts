/** A member of a consumer group of the new protocol (KIP-848), as far as a broker sees it: it joins, lives, commits, leaves. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Address } from "../../../src/lib/environment.js";
import { errors } from "../../../src/protocol/errors.js";
import { OffsetCommit } from "../../../src/protocol/messages/08-offset-commit.js";
import { FindCoordinator } from "../../../src/protocol/messages/10-find-coordinator.js";
import { ConsumerGroupHeartbeat } from "../../../src/protocol/messages/68-consumer-group-heartbeat.js";
import type { ResponseReceived } from "../../../src/protocol/schema/message.js";
import type { ClusterClient } from "../workload/cluster-client.js";

const [FIND_VERSION, HEARTBEAT_VERSION, COMMIT_VERSION] = [2, 1, 9];
const GROUP_KEY = 0;
const HEARTBEAT_MS = 500;
const REBALANCE_TIMEOUT_MS = 10_000;
const [JOINS, LEAVES] = [0, -1];

type Assigned = NonNullable<ResponseReceived<typeof ConsumerGroupHeartbeat>["assignment"]>["topicPartitions"];

export class ModernMember {
  readonly #client: ClusterClient;
  readonly #groupId: string;
  readonly #memberId: string;
  #coordinator: Address | null = null;
  #epoch = JOINS;
  #assigned: Assigned = [];
  commits = 0;

  constructor(client: ClusterClient, groupId: string, memberId: string) {
    this.#client = client;
    this.#groupId = groupId;
    this.#memberId = memberId;
  }

  /** Until the signal: then it leaves. */
  async live(until: AbortSignal): Promise<void> {
    while (!until.aborted) {
      await this.#heartbeat();
      if (this.#epoch > 0) await this.#commit();
      await sleep(HEARTBEAT_MS);
    }
    this.#epoch = LEAVES;
    await this.#heartbeat();
    this.#client.close();
  }

  async #heartbeat(): Promise<void> {
    this.#coordinator ??= await this.#find();
    if (this.#coordinator === null) return;
    const isJoining = this.#epoch === JOINS;
    const answer = await this.#client.ask(this.#coordinator, ConsumerGroupHeartbeat, HEARTBEAT_VERSION, {
      ...{ groupId: this.#groupId, memberId: this.#memberId, memberEpoch: this.#epoch },
      rebalanceTimeoutMs: isJoining ? REBALANCE_TIMEOUT_MS : -1,
      subscribedTopicNames: isJoining ? [this.#client.topic] : null,
      topicPartitions: this.#epoch === LEAVES ? null : this.#assigned.map((topic) => ({ ...topic })),
    });
    switch (answer?.errorCode) {
      case errors.NONE.code:
        if (this.#epoch === LEAVES) return;
        this.#epoch = answer.memberEpoch;
        if (answer.assignment !== null) this.#assigned = answer.assignment.topicPartitions;
        return;
      case errors.FENCED_MEMBER_EPOCH.code:
      case errors.UNKNOWN_MEMBER_ID.code:
        this.#epoch = JOINS;
        this.#assigned = [];
        return;
      default:
        this.#coordinator = null;
    }
  }

  async #commit(): Promise<void> {
    const partitions = this.#assigned.flatMap((topic) => topic.partitions);
    if (this.#coordinator === null || partitions.length === 0) return;
    const offsets = partitions.map((partitionIndex) => ({
      ...{ partitionIndex, committedOffset: this.commits, committedMetadata: "" },
    }));
    const answer = await this.#client.ask(this.#coordinator, OffsetCommit, COMMIT_VERSION, {
      ...{ groupId: this.#groupId, memberId: this.#memberId, generationIdOrMemberEpoch: this.#epoch },
      topics: [{ name: this.#client.topic, partitions: offsets }],
    });
    if (answer?.topics[0]?.partitions[0]?.errorCode === errors.NONE.code) this.commits++;
  }

  async #find(): Promise<Address | null> {
    const answer = await this.#client.askNext(FindCoordinator, FIND_VERSION, {
      key: this.#groupId,
      keyType: GROUP_KEY,
    });
    return answer?.errorCode === errors.NONE.code ? { host: answer.host, port: answer.port } : null;
  }
}
