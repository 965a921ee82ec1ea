/** A controller over a log in memory, and the requests that tests send it. */
import { type ManualClock, manualEnvironment, settled } from "../../../tests/support/manual-environment.js";
import { MemoryShardLog } from "../../../tests/support/memory-shard-log.js";
import { Runner } from "../../coordination/runner.js";
import { coordinatorAnswers } from "../../coordination/runner-options.js";
import type { ShardLog } from "../../coordination/shard-log.js";
import { RandomStream } from "../../environments/simulated/random-stream.js";
import { uuidFrom } from "../../environments/uuid.js";
import type { Random } from "../../lib/environment.js";
import { invariant } from "../../lib/invariant.js";
import { supportedFeatures } from "../../metadata/features.js";
import { emptyImage } from "../../metadata/image/empty.js";
import { apiError, errorName } from "../../protocol/errors.js";
import type { ConfigRules } from "./config-rules.js";
import type { ControllerCall, ControllerTypes } from "./controller-types.js";
import { controllerMachine } from "./machine.js";
import { metadataRecordCodec } from "./record-codec.js";

type Proposal = ControllerTypes["Calls"]["alterPartition"]["request"]["topics"][number]["partitions"][number];

const clusterId = "5Puwx3h6QUC-vauhNJuSaQ";
export const SESSION_TIMEOUT_MS = 9000;
export const LEADER_CHECK_MS = 20_000;
export const UNCLEAN_CHECK_MS = 8_000;

const rules: ConfigRules = {
  problem: (_type, _name, configs) => {
    const unknown = [...configs.keys()].find(
      (name) =>
        !/^(retention\.ms|min\.insync\.replicas|unclean\.leader\.election\.enable|cleanup\.policy|segment\.bytes)$/.test(
          name,
        ),
    );
    return unknown === undefined ? null : apiError("INVALID_CONFIG", `Unknown topic config name: ${unknown}`);
  },
  isList: (_type, name) => name === "cleanup.policy",
  defaultOf: (_type, name) => (name === "cleanup.policy" ? "delete" : null),
  describeTopic: (configs) =>
    [...configs].map(([name, value]) => ({ name, value, readOnly: false, configSource: 1, isSensitive: false })),
};

export async function controllerOn(log = new MemoryShardLog()): Promise<TestController<MemoryShardLog>> {
  const controller = controllerOver(log);
  await settled();
  return controller;
}

/** It decides as soon as it has loaded. */
export function controllerOver<L extends ShardLog>(log: L): TestController<L> {
  const environment = manualEnvironment();
  const bugs: unknown[] = [];
  const errands: string[] = [];
  const runner = new Runner<ControllerTypes>({
    machine: controllerMachine({
      clusterId,
      controllerId: 1,
      random: seededRandom(1),
      configRules: rules,
      scramKeys: (mechanism, saltedPassword) => ({
        storedKey: Uint8Array.of(mechanism),
        serverKey: saltedPassword.subarray(0, 1),
      }),
      topicDefaults: { numPartitions: 3, replicationFactor: 1 },
      brokerSessionTimeoutMs: SESSION_TIMEOUT_MS,
      leaderCheckIntervalsMs: { preferred: LEADER_CHECK_MS, missing: UNCLEAN_CHECK_MS },
      returnsToPreferred: true,
    }),
    log,
    codec: metadataRecordCodec,
    environment,
    metadata: () => emptyImage,
    runErrand: async (errand) => {
      errands.push(errand);
      return "stepped down";
    },
    answers: coordinatorAnswers,
    limits: { commitTimeoutMs: 5000, ticketsMax: 1000 },
    onOver: (why) => bugs.push(why),
    onBug: (error) => bugs.push(error),
  });
  return new TestController(runner, log, environment.clock, { bugs, errands });
}

export class TestController<L extends ShardLog = MemoryShardLog> {
  readonly runner: Runner<ControllerTypes>;
  readonly log: L;
  readonly clock: ManualClock;
  readonly bugs: readonly unknown[];
  readonly errands: readonly string[];
  readonly epochs = new Map<number, number>();

  constructor(
    runner: Runner<ControllerTypes>,
    log: L,
    clock: ManualClock,
    { bugs, errands }: { readonly bugs: readonly unknown[]; readonly errands: readonly string[] },
  ) {
    this.runner = runner;
    this.log = log;
    this.clock = clock;
    this.bugs = bugs;
    this.errands = errands;
  }

  get image() {
    const { state } = this.runner;
    invariant(state !== null, "the controller has loaded");
    return state.image;
  }

  partition(topic: string, index = 0) {
    return this.image.topicsByName.get(topic)?.partitions[index];
  }

  /** Turns the clock; what fell due has happened. */
  async pass(ms: number) {
    this.clock.advance(ms);
    await settled();
  }

  async call<K extends ControllerCall>(name: K, request: ControllerTypes["Calls"][K]["request"]) {
    const outcome = await this.runner.call(name, request);
    invariant("reply" in outcome, `the controller answers ${JSON.stringify(outcome)}`);
    return outcome.reply;
  }

  async register(brokerId: number, given: Partial<ControllerTypes["Calls"]["registerBroker"]["request"]> = {}) {
    const answer = await this.call("registerBroker", {
      ...{ brokerId, clusterId, incarnationId: uuidOf(brokerId, 0), rack: null, isMigratingZkBroker: false },
      listeners: [{ name: "PLAINTEXT", host: "localhost", port: 9092, securityProtocol: 0 }],
      features: supportedFeatures.map(({ name, minVersion, maxVersion }) => ({
        ...{ name, minSupportedVersion: minVersion, maxSupportedVersion: maxVersion },
      })),
      logDirs: [uuidOf(brokerId, 1)],
      previousBrokerEpoch: -1,
      ...given,
    });
    if (answer.errorCode === 0) this.epochs.set(brokerId, answer.brokerEpoch ?? -1);
    return answer;
  }

  heartbeat(brokerId: number, given: Partial<ControllerTypes["Calls"]["brokerHeartbeat"]["request"]> = {}) {
    return this.call("brokerHeartbeat", {
      ...{ brokerId, brokerEpoch: this.epochs.get(brokerId) ?? -1, currentMetadataOffset: this.image.endOffset - 1 },
      ...{ wantFence: false, wantShutDown: false, offlineLogDirs: [], cordonedLogDirs: null },
      ...given,
    });
  }

  /** Leader `brokerId` proposes these in-sync replicas for a partition as it stands, each with the epoch that it has. */
  async propose(brokerId: number, topic: string, isr: readonly number[], given: Partial<Proposal> = {}, index = 0) {
    const { leaderEpoch = -1, partitionEpoch = -1 } = this.partition(topic, index) ?? {};
    const newIsrWithEpochs = isr.map((id) => ({ brokerId: id, brokerEpoch: this.epochs.get(id) ?? -1 }));
    const asItStands = { partitionIndex: index, leaderEpoch, partitionEpoch };
    const proposal = { ...asItStands, newIsr: [], newIsrWithEpochs, leaderRecoveryState: 0, ...given };
    const answer = await this.call("alterPartition", {
      ...{ brokerId, brokerEpoch: this.epochs.get(brokerId) ?? -1 },
      topics: [{ topicId: this.image.topicsByName.get(topic)?.id ?? uuidOf(0, 0), partitions: [proposal] }],
    });
    const errorCode = answer.errorCode === 0 ? answer.topics[0]?.partitions[0]?.errorCode : answer.errorCode;
    return { ...answer.topics[0]?.partitions[0], error: errorName(errorCode ?? -1) };
  }

  /** A topic with one partition on these brokers. */
  place(name: string, brokerIds: readonly number[], configs: Readonly<Record<string, string>> = {}) {
    return this.create(name, {
      ...{ numPartitions: -1, replicationFactor: -1, assignments: [{ partitionIndex: 0, brokerIds }] },
      configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
    });
  }

  /** Registers brokers and has them unfenced. */
  async serve(...brokerIds: number[]) {
    for (const id of brokerIds) {
      await this.register(id);
      await this.heartbeat(id);
    }
  }

  async create(name: string, given: object = {}, validateOnly = false) {
    const topic = { name, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [], ...given };
    const { topics } = await this.call("createTopics", { topics: [topic], timeoutMs: 0, validateOnly });
    return topics[0];
  }
}

/** A uuid that tells whose it is. */
export function uuidOf(brokerId: number, what: number): string {
  return Buffer.from(`broker-${String(brokerId).padStart(4, "0")}-${String(what).padStart(4, "0")}`).toString(
    "base64url",
  );
}

export function seededRandom(seed: number): Random {
  const stream = new RandomStream(seed, "controller tests");
  const bytes = (count: number) => Uint8Array.from({ length: count }, () => stream.below(256));
  return { bytes, below: (bound) => stream.below(bound), uuid: () => uuidFrom(bytes) };
}
