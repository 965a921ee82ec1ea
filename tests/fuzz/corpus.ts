/**
 * The frames that are going to be mutated: what real clients said, as it was recorded, and what a small world asks, each
 * API at each version, right and wrong. Both go to the broker once as they are, so that what they name is there.
 */
import { RandomStream } from "../../src/environments/simulated/random-stream.js";
import { encodeRequest } from "../../src/protocol/frames/frame.js";
import { Fetch } from "../../src/protocol/messages/01-fetch.js";
import { CreateTopics } from "../../src/protocol/messages/19-create-topics.js";
import { handlers } from "../../src/server/handlers/index.js";
import { record } from "../differential/recording.js";
import type { Exchange } from "../differential/recording-connection.js";
import { recordedNames } from "../recordings/recorded-session.js";
import { replayOf } from "../recordings/replay.js";
import { learn } from "../requests/learn.js";
import { randomRequest } from "../requests/random-request.js";
import { Scope } from "../requests/scope.js";
import { PARTITIONS, topicNamesOf, World } from "../requests/world.js";
import type { TargetBroker } from "../support/target-broker.js";
import { NoAnswer, WireClient } from "../support/wire-client.js";

const ROUNDS = 3;
const BROKENNESS = 0.1;
/** Some answers wait for others. */
const ANSWER_MS_MAX = 1000;
const CREATE_TOPICS_VERSION = 7;
/** An answer is known by the correlation id of its request. */
const FIRST_RECORDED_ID = 1_000_000;

export interface Corpus {
  readonly recorded: readonly Uint8Array[];
  readonly generated: readonly Uint8Array[];
}

export async function corpusFrom(broker: TargetBroker, seed: number): Promise<Corpus> {
  return { recorded: await recordedFrames(broker), generated: await generatedFrames(broker, seed) };
}

async function recordedFrames(broker: TargetBroker): Promise<readonly Uint8Array[]> {
  const frames: Uint8Array[] = [];
  for (const name of recordedNames) {
    const { exchanges, endedBy } = await record(replayOf(name), broker);
    if (endedBy !== null) throw new Error(`what was recorded of ${name} ended early: ${endedBy}`);
    for (const exchange of exchanges) frames.push(frameOf(exchange, FIRST_RECORDED_ID + frames.length));
  }
  return frames;
}

/** A fetch that waits for records would keep its connection from the attack. */
function frameOf({ api, version, request }: Exchange, correlationId: number): Uint8Array {
  if (!isStruct(request)) throw new Error(`${api.name} ${version} has no request`);
  const hurried = api === Fetch ? { ...request, maxWaitMs: 0 } : request;
  return Buffer.concat(encodeRequest(api, version, correlationId, "fuzz", hurried).chunks);
}

function isStruct(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

async function generatedFrames(broker: TargetBroker, seed: number): Promise<readonly Uint8Array[]> {
  const { host, port } = broker;
  const dice = new RandomStream(seed, "corpus");
  const world = await makeWorld(broker);
  const frames: Uint8Array[] = [];
  let client = await WireClient.connect({ host, port, answerMsMax: ANSWER_MS_MAX });
  for (const { api, version } of everyVersion()) {
    const scope = new Scope(world, api, version, dice, BROKENNESS);
    const request = randomRequest(scope);
    frames.push(Buffer.concat(encodeRequest(api, version, frames.length, "fuzz", request).chunks));
    try {
      learn(scope, request, await client.request(api, version, request));
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      client.close();
      client = await WireClient.connect({ host, port, answerMsMax: ANSWER_MS_MAX });
    }
  }
  client.close();
  return frames;
}

function everyVersion() {
  const once = handlers.flatMap(({ api, versions }) =>
    Array.from({ length: versions.to - versions.from + 1 }, (_, index) => ({ api, version: versions.from + index })),
  );
  return Array.from({ length: ROUNDS }, () => once).flat();
}

async function makeWorld({ host, port }: TargetBroker): Promise<World> {
  const client = await WireClient.connect({ host, port });
  const topics = topicNamesOf("fuzz").map((name) => ({
    ...{ name, numPartitions: PARTITIONS, replicationFactor: 1, assignments: [], configs: [] },
  }));
  const made = await client.request(CreateTopics, CREATE_TOPICS_VERSION, { topics });
  client.close();
  return new World(
    "fuzz",
    made.topics.map(({ topicId }) => topicId),
  );
}
