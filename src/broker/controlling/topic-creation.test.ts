import { expect, test } from "vitest";
import { ManualClock } from "../../../tests/support/manual-environment.js";
import { configWith } from "../../config/config.test-data.js";
import { emptyImage } from "../../metadata/image/empty.js";
import type { BrokerImage, MetadataImage } from "../../metadata/image/image.js";
import { broker1 } from "../../metadata/image/image.test-data.js";
import { groupTopic, transactionTopic } from "../internal-topics.js";
import type { ControllerCallOptions, ControllerCalls } from "./controller-calls.js";
import { TopicCreation } from "./topic-creation.js";

interface Asked {
  readonly name: string;
  readonly replicationFactor: number;
  readonly configs: readonly { readonly name: string; readonly value: string }[];
}

/** What the controller is asked for where so many of so many brokers are registered. */
async function asked(
  names: readonly string[],
  registered: number,
  clusterSize: number | null,
  { sets = [], afterMs = 0 }: { readonly sets?: readonly string[]; readonly afterMs?: number } = {},
) {
  const { creation, topics, wire } = creationOf({ registered, clusterSize, sets });
  wire.advance(afterMs);
  await creation.create(names);
  return topics;
}

/** For whom the controller is asked, where that caller asks for a topic. */
async function callersOf(name: string, caller?: ControllerCallOptions["caller"]): Promise<readonly unknown[]> {
  const { creation, callers } = creationOf({ registered: 1, clusterSize: 1, sets: [] });
  await creation.create([name], caller);
  return callers;
}

function creationOf(cluster: {
  readonly registered: number;
  readonly clusterSize: number | null;
  readonly sets: readonly string[];
}) {
  const { registered, clusterSize, sets } = cluster;
  const config = configWith(...sets);
  const topics: Asked[] = [];
  const callers: unknown[] = [];
  const warnings: unknown[] = [];
  const wire = new ManualClock();
  const call = async (_name: string, request: { readonly topics: readonly Asked[] }, options: { caller?: unknown }) => {
    topics.push(...request.topics);
    callers.push(options.caller);
    return { reply: { topics: request.topics.map((topic) => ({ ...topic, errorCode: 0 })) } };
  };
  const creation = new TopicCreation({
    controller: { call: call as unknown as ControllerCalls["call"] },
    config,
    image: () => imageOf(registered),
    ...{ clusterSize, wire, logger: { warn: (what: unknown) => void warnings.push(what) } },
  });
  return { creation, topics, callers, wire, warnings };
}

function imageOf(brokers: number): MetadataImage {
  const known = Array.from({ length: brokers }, (_, i): [number, BrokerImage] => [
    i + 1,
    { ...broker1, id: i + 1, incarnationId: "incarnation", epoch: 7 },
  ]);
  return { ...emptyImage, brokers: new Map(known) };
}

const both = [groupTopic, transactionTopic];

test("the topics of coordinators have the replicas that are wished, or as many as there are brokers", async () => {
  const factors = async (registered: number, clusterSize: number) =>
    (await asked(both, registered, clusterSize)).map(({ replicationFactor }) => replicationFactor);
  expect(await factors(1, 1)).toEqual([1, 1]);
  expect(await factors(2, 1)).toEqual([2, 2]);
  expect(await factors(5, 1)).toEqual([3, 3]);
  const [offsets] = await asked([groupTopic], 5, 1, { sets: ["offsets.topic.replication.factor=4"] });
  expect(offsets?.replicationFactor).toBe(4);
});

test("who asks before all brokers of a process are there does not get a topic with fewer replicas", async () => {
  const topics = await asked(both, 1, 3);
  expect(topics.map(({ replicationFactor }) => replicationFactor)).toEqual([3, 3]);
});

test("where nobody knows how many brokers there will be, they have a while to come", async () => {
  const factors = async (registered: number, afterMs: number) =>
    (await asked(both, registered, null, { afterMs })).map(({ replicationFactor }) => replicationFactor);
  expect(await factors(1, 9_000)).toEqual([3, 3]);
  expect(await factors(1, 10_000)).toEqual([1, 1]);
  expect(await factors(3, 0)).toEqual([3, 3]);
});

test("a topic of coordinators that gets fewer replicas is told of, where more brokers may come", async () => {
  const warned = async (registered: number, clusterSize: number | null) => {
    const { creation, warnings, wire } = creationOf({ registered, clusterSize, sets: [] });
    wire.advance(10_000);
    await creation.create([...both, "orders"]);
    return warnings;
  };
  expect(await warned(1, null)).toEqual(both.map((topic) => ({ topic, replicas: 1, wished: 3 })));
  expect(await warned(3, null)).toEqual([]);
  expect(await warned(1, 1)).toEqual([]);
});

test("the controller hears who asked for a topic, to look at that client's rights", async () => {
  const caller = {
    connection: { principal: { type: "User", name: "alice" }, remote: { host: "10.1.2.3" } },
    clientId: "app",
    apiVersion: 12,
    isForwarded: false,
    onGone: () => {},
  };
  expect(await callersOf("orders", caller)).toEqual([caller]);
  expect(await callersOf(groupTopic)).toEqual([undefined]);
});

test("no more replicas have to be in sync than there are", async () => {
  const minIsr = async (registered: number) => {
    const [topic] = await asked([transactionTopic], registered, 1);
    return topic?.configs.find(({ name }) => name === "min.insync.replicas")?.value;
  };
  expect(await minIsr(1)).toBe("1");
  expect(await minIsr(3)).toBe("2");
});
