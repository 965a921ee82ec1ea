/** Runs a scenario against one broker and records what was asked and what was answered. */
import { errors } from "../../src/protocol/errors.js";
import { ListOffsets } from "../../src/protocol/messages/02-list-offsets.js";
import { Metadata } from "../../src/protocol/messages/03-metadata.js";
import { FindCoordinator } from "../../src/protocol/messages/10-find-coordinator.js";
import { DescribeGroups } from "../../src/protocol/messages/15-describe-groups.js";
import { CreateTopics } from "../../src/protocol/messages/19-create-topics.js";
import { DescribeTransactions } from "../../src/protocol/messages/65-describe-transactions.js";
import type { TargetBroker } from "../support/target-broker.js";
import { type Exchange, RecordingConnection } from "./recording-connection.js";
import type { Scenario, Session } from "./scenario.js";

/** The timestamp that stands for the log end in ListOffsets. */
const LATEST = -1;
/** What FindCoordinator calls a transactional id. */
const TRANSACTION_KEY = 1;

export interface Recording {
  readonly exchanges: readonly Exchange[];
  /** What ended the scenario before its end. */
  readonly endedBy: string | null;
}

export async function record(scenario: Scenario, broker: TargetBroker): Promise<Recording> {
  const session = new RecordingSession(broker);
  try {
    await scenario.run(session);
    return { exchanges: session.exchanges, endedBy: null };
  } catch (error) {
    return { exchanges: session.exchanges, endedBy: error instanceof Error ? error.message : String(error) };
  } finally {
    session.close();
  }
}

class RecordingSession implements Session {
  readonly exchanges: Exchange[] = [];
  readonly #broker: TargetBroker;
  readonly #connections: RecordingConnection[] = [];

  constructor(broker: TargetBroker) {
    this.#broker = broker;
  }

  async connect(clientId = "diff"): Promise<RecordingConnection> {
    const { host, port } = this.#broker;
    const connection = await RecordingConnection.connect(this.exchanges, { host, port, clientId });
    this.#connections.push(connection);
    return connection;
  }

  async topic(name: string, partitions = 1, configs: Readonly<Record<string, string>> = {}): Promise<string> {
    const connection = await this.connect();
    const entries = Object.entries(configs).map(([configName, value]) => ({ name: configName, value }));
    const topic = { name, numPartitions: partitions, replicationFactor: 1, assignments: [], configs: entries };
    const created = await connection.ask(CreateTopics, 5, { topics: [topic], timeoutMs: 10_000, validateOnly: false });
    const errorCode = created.topics[0]?.errorCode ?? null;
    if (errorCode !== 0) throw new Error(`topic ${name} could not be made: error ${errorCode}`);
    const request = { topics: [{ name }], allowAutoTopicCreation: false };
    const shown = await connection.askUntil(Metadata, 12, request, ({ topics }) => {
      const leaders = topics[0]?.partitions.filter((partition) => partition.errorCode === 0) ?? [];
      return leaders.length === partitions;
    });
    // A leader may be known before its log is open.
    const ends = Array.from({ length: partitions }, (_, partitionIndex) => ({ partitionIndex, timestamp: LATEST }));
    await connection.askUntil(ListOffsets, 7, { replicaId: -1, topics: [{ name, partitions: ends }] }, ({ topics }) =>
      topics.every((listed) => listed.partitions.every(({ errorCode }) => errorCode === 0)),
    );
    connection.close();
    return shown.topics[0]?.topicId ?? "";
  }

  async coordinator(groupId: string): Promise<void> {
    const connection = await this.connect();
    await connection.askUntil(FindCoordinator, 2, { key: groupId, keyType: 0 }, ({ errorCode }) => errorCode === 0);
    // A coordinator may be known before it has loaded.
    await connection.askUntil(DescribeGroups, 5, { groups: [groupId] }, ({ groups }) => groups[0]?.errorCode === 0);
    connection.close();
  }

  async transactionCoordinator(transactionalId: string): Promise<void> {
    const connection = await this.connect();
    const key = { key: transactionalId, keyType: TRANSACTION_KEY };
    await connection.askUntil(FindCoordinator, 2, key, ({ errorCode }) => errorCode === 0);
    await connection.askUntil(
      DescribeTransactions,
      0,
      { transactionalIds: [transactionalId] },
      ({ transactionStates }) => transactionStates[0]?.errorCode === errors.TRANSACTIONAL_ID_NOT_FOUND.code,
    );
    connection.close();
  }

  close(): void {
    for (const connection of this.#connections) connection.close();
  }
}
