/** A broker in a process of its own, with the probe in it, and what the bench asks of it over the wire. */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { buildSync } from "esbuild";
import { errors } from "../../src/protocol/errors.js";
import { Produce } from "../../src/protocol/messages/00-produce.js";
import { CreateTopics } from "../../src/protocol/messages/19-create-topics.js";
import { IncrementalAlterConfigs } from "../../src/protocol/messages/44-incremental-alter-configs.js";
import type { Child } from "../../tests/support/child-process.js";
import { inRepository } from "../../tests/support/repository.js";
import { launchSamsa } from "../../tests/support/samsa.js";
import { temporaryFolder } from "../../tests/support/temporary-folder.js";
import { WireClient } from "../../tests/support/wire-client.js";
import type { ProbeReading } from "./broker-probe.js";

const ANSWER_MS_MAX = 120_000;
/** Between two looks at whether the probe has answered. */
const PROBE_POLL_MS = 10;
const PRODUCE_VERSION = 9;
const CREATE_TOPICS_VERSION = 5;
const ALTER_CONFIGS_VERSION = 1;
const TOPIC_RESOURCE = 2;
const SET = 0;

export class BenchBroker {
  readonly dataFolder: string;
  readyMs = Number.NaN;
  port = Number.NaN;
  readonly #folder = temporaryFolder("bench-broker");
  readonly #properties: Readonly<Record<string, string>>;
  readonly #probe: string;
  #child: Child | null = null;
  #client: WireClient | null = null;

  private constructor(properties: Readonly<Record<string, string>>) {
    this.#properties = properties;
    this.#probe = join(this.#folder.path, "probe");
    this.dataFolder = join(this.#folder.path, "data");
    buildSync({
      entryPoints: [inRepository("bench", "log", "broker-probe.ts")],
      outfile: `${this.#probe}.mjs`,
      format: "esm",
    });
  }

  static async use<T>(
    properties: Readonly<Record<string, string>>,
    use: (broker: BenchBroker) => Promise<T>,
  ): Promise<T> {
    const broker = new BenchBroker(properties);
    try {
      await broker.start();
      return await use(broker);
    } finally {
      await broker.stop();
      broker.#folder.remove();
    }
  }

  get pid(): number {
    return this.#child?.pid ?? -1;
  }

  get client(): WireClient {
    if (this.#client === null) throw new Error("the broker is stopped");
    return this.#client;
  }

  async start(): Promise<void> {
    process.env.PROBE_FILE = this.#probe;
    const nodeArguments = ["--expose-gc", "--import", `${this.#probe}.mjs`];
    const { child, port, readyMs } = await launchSamsa(this.#folder.path, null, {
      properties: this.#properties,
      nodeArguments,
    });
    this.#child = child;
    this.readyMs = readyMs;
    this.port = port;
    this.#client = await this.connect();
  }

  /** A clean stop. */
  async stop(): Promise<void> {
    this.#client?.close();
    this.#client = null;
    await this.#child?.stop();
    this.#child = null;
  }

  connect(): Promise<WireClient> {
    return WireClient.connect({ host: "127.0.0.1", port: this.port, answerMsMax: ANSWER_MS_MAX });
  }

  /** What the probe has seen since it was read last. */
  async readProbe(): Promise<ProbeReading> {
    rmSync(this.#probe, { force: true });
    this.#child?.signal("SIGUSR2");
    while (!existsSync(this.#probe)) await sleep(PROBE_POLL_MS);
    const reading: ProbeReading = JSON.parse(readFileSync(this.#probe, "utf8"));
    return reading;
  }

  async createTopic(name: string, numPartitions: number, configs: Readonly<Record<string, string>> = {}) {
    const { topics } = await this.client.request(CreateTopics, CREATE_TOPICS_VERSION, {
      topics: [
        {
          name,
          numPartitions,
          replicationFactor: 1,
          assignments: [],
          configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
        },
      ],
      timeoutMs: ANSWER_MS_MAX,
    });
    for (const { errorCode } of topics) mustBeNone(errorCode, `creating ${name}`);
  }

  async setTopicConfig(topic: string, name: string, value: string): Promise<void> {
    const { responses } = await this.client.request(IncrementalAlterConfigs, ALTER_CONFIGS_VERSION, {
      resources: [
        { resourceType: TOPIC_RESOURCE, resourceName: topic, configs: [{ name, configOperation: SET, value }] },
      ],
      validateOnly: false,
    });
    for (const { errorCode } of responses) mustBeNone(errorCode, `setting ${name} of ${topic}`);
  }
}

/** Sends one batch to each of these partitions and waits for the answer. */
export async function produce(
  client: WireClient,
  topic: string,
  partitions: readonly number[],
  batch: Uint8Array,
): Promise<void> {
  const { responses } = await client.request(Produce, PRODUCE_VERSION, {
    acks: -1,
    timeoutMs: ANSWER_MS_MAX,
    topicData: [{ name: topic, partitionData: partitions.map((index) => ({ index, records: batch })) }],
  });
  for (const { partitionResponses } of responses) {
    for (const { errorCode } of partitionResponses) mustBeNone(errorCode, `producing to ${topic}`);
  }
}

/** Sends as many batches as `next` gives, some of them in flight at once. */
export async function produceMany(
  client: WireClient,
  topic: string,
  next: () => Uint8Array | null,
  inFlightMax = 8,
): Promise<void> {
  const sendOn = async () => {
    for (let batch = next(); batch !== null; batch = next()) await produce(client, topic, [0], batch);
  };
  await Promise.all(Array.from({ length: inFlightMax }, sendOn));
}

function mustBeNone(errorCode: number, what: string): void {
  if (errorCode !== errors.NONE.code) throw new Error(`${what} failed with error ${errorCode}`);
}
