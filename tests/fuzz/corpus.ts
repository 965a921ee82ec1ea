/** The frames that are going to be mutated: what a small world asked a broker, each API at each version, right and wrong. */
import { RandomStream } from "../../src/environments/simulated/random-stream.js";
import { CreateTopics } from "../../src/protocol/messages/19-create-topics.js";
import { encodeRequest } from "../../src/protocol/wire/frame.js";
import { handlers } from "../../src/server/handlers/index.js";
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

export async function corpusFrom(broker: TargetBroker, seed: number): Promise<readonly Uint8Array[]> {
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
