import { describe, expect, test } from "vitest";
import { ManualClock, settled } from "../../../tests/support/manual-environment.js";
import { configWith } from "../../config/config.test-data.js";
import type { Outcome } from "../../coordination/tickets.js";
import { emptyImage } from "../../metadata/image/empty.js";
import type { BrokerImage, MetadataImage } from "../../metadata/image/image.js";
import { broker1 } from "../../metadata/image/image.test-data.js";
import { errors } from "../../protocol/errors.js";
import { silentLogger } from "../../storage/storage.test-data.js";
import type { ControllerCalls } from "../controlling/controller-calls.js";
import { BrokerSession } from "./broker-session.js";

type Answer = (name: string, request: Record<string, unknown>) => Outcome<unknown>;

interface Setting {
  readonly brokers: number;
  readonly answer: Answer;
  /** The folders that cannot be read at the start. */
  readonly unread: readonly string[];
  /** Holds answers back. */
  readonly late: (reply: Outcome<unknown>) => Outcome<unknown> | Promise<Outcome<unknown>>;
}

const ok: Answer = (name) => ({
  reply: name === "registerBroker" ? { errorCode: 0, brokerEpoch: 7 } : { errorCode: 0, shouldShutDown: false },
});

/** Broker 1 of so many, whose metadata knows it and has it unfenced. `told`: what the controller was told. */
function session({ brokers = 3, answer = ok, unread = [], late = (reply) => reply }: Partial<Setting> = {}) {
  const config = configWith("broker.heartbeat.interval.ms=2000");
  const wire = new ManualClock();
  const told: { readonly name: string; readonly request: Record<string, unknown> }[] = [];
  let [failed, unreadable]: [readonly string[], readonly string[]] = [[], unread];
  const call = async (name: string, request: Record<string, unknown>) => {
    told.push({ name, request });
    return late(answer(name, request));
  };
  const made = new BrokerSession({
    nodeId: 1,
    clusterId: "cluster",
    incarnationId: "incarnation",
    endpoints: [],
    folders: () => ({
      working: ["one", "two"].filter((id) => !failed.includes(id) && !unreadable.includes(id)),
      failed,
    }),
    previousBrokerEpoch: 5,
    config: config.node,
    controller: { call: call as unknown as ControllerCalls["call"] },
    metadata: { image: imageOf(brokers), when: async () => {} },
    wire,
    logger: silentLogger,
  });
  /** These fail; all others work from now on. */
  const fail = (...folderIds: readonly string[]) => {
    [failed, unreadable] = [folderIds, []];
    made.foldersChanged();
  };
  return { session: made, wire, told, fail };
}

function imageOf(brokers: number): MetadataImage {
  const known = Array.from({ length: brokers }, (_, i): [number, BrokerImage] => [
    i + 1,
    { ...broker1, id: i + 1, incarnationId: "incarnation", epoch: 7 },
  ]);
  return { ...emptyImage, brokers: new Map(known) };
}

/** Lets time pass, and everything that comes of it happen. */
async function pass(wire: ManualClock, ms: number): Promise<void> {
  await settled();
  wire.advance(ms);
  await settled();
}

describe("a broker", () => {
  test("registers with the epoch of its last run, and is heard of from then on", async () => {
    const { session: one, wire, told } = session();
    expect(await one.begin()).toBe(errors.NONE.code);
    expect(one.epoch).toBe(7);
    for (let i = 0; i < 3; i++) await pass(wire, 2_000);
    expect(told.map(({ name }) => name)).toEqual(["registerBroker", ...Array(4).fill("brokerHeartbeat")]);
    expect(told[0]?.request).toMatchObject({ previousBrokerEpoch: 5, logDirs: ["one", "two"] });
    expect(told[1]?.request).toMatchObject({ brokerEpoch: 7, wantShutDown: false, offlineLogDirs: [] });
  });

  test("waits while its last run is not given up", async () => {
    let refusals = 3;
    const {
      session: one,
      wire,
      told,
    } = session({
      answer: (name, request) =>
        refusals-- > 0 ? { reply: { errorCode: errors.DUPLICATE_BROKER_REGISTRATION.code } } : ok(name, request),
    });
    const begun = one.begin();
    for (let i = 0; i < 3; i++) await pass(wire, 200);
    expect(await begun).toBe(errors.NONE.code);
    expect(told.filter(({ name }) => name === "registerBroker")).toHaveLength(4);
  });

  test("gives up a node.id that another broker keeps for longer than a dead one could", async () => {
    const taken: Answer = () => ({ reply: { errorCode: errors.DUPLICATE_BROKER_REGISTRATION.code } });
    const { session: one, wire } = session({ answer: taken });
    const begun = one.begin();
    for (let i = 0; i < 55; i++) await pass(wire, 200);
    expect(await begun).toBe(errors.DUPLICATE_BROKER_REGISTRATION.code);
    expect(wire.monotonicMs()).toBe(11_000);
  });

  test("registers anew when the controller knows it no more", async () => {
    let isStale = false;
    const {
      session: one,
      wire,
      told,
    } = session({
      answer: (name, request) =>
        isStale && name === "brokerHeartbeat"
          ? { reply: { errorCode: errors.STALE_BROKER_EPOCH.code } }
          : ok(name, request),
    });
    await one.begin();
    isStale = true;
    await pass(wire, 2_000);
    expect(told.at(-1)).toMatchObject({ name: "registerBroker", request: { previousBrokerEpoch: 7 } });
  });
});

describe("a folder that fails", () => {
  test("is told at once, and registered again when it works", async () => {
    const { session: one, told, fail } = session();
    await one.begin();
    fail("two");
    await settled();
    expect(told.at(-1)).toMatchObject({ name: "brokerHeartbeat", request: { offlineLogDirs: ["two"] } });
    fail();
    await settled();
    expect(told.slice(-2)).toMatchObject([
      { name: "registerBroker", request: { logDirs: ["one", "two"] } },
      { name: "brokerHeartbeat", request: { offlineLogDirs: [] } },
    ]);
  });

  test("while a heartbeat is under way is told right after that one", async () => {
    let answerLate: () => void = () => {};
    let isLate = false;
    const late = (reply: Outcome<unknown>) =>
      isLate
        ? new Promise<Outcome<unknown>>((resolve) => {
            answerLate = () => resolve(reply);
          })
        : reply;
    const { session: one, wire, told, fail } = session({ late });
    await one.begin();
    isLate = true;
    await pass(wire, 2_000);
    fail("two");
    isLate = false;
    answerLate();
    await pass(wire, 0);
    expect(told.at(-1)).toMatchObject({ name: "brokerHeartbeat", request: { offlineLogDirs: ["two"] } });
    const before = told.length;
    await pass(wire, 1_999);
    expect(told).toHaveLength(before);
  });

  test.each([1, 3])("before it was ever read is registered once it works, in a cluster of %i", async (brokers) => {
    const { session: one, wire, told, fail } = session({ brokers, unread: ["one"] });
    await one.begin();
    expect(told[0]).toMatchObject({ name: "registerBroker", request: { logDirs: ["two"] } });
    fail();
    await settled();
    expect(told.slice(-2)).toMatchObject([
      { name: "registerBroker", request: { logDirs: ["one", "two"] } },
      { name: "brokerHeartbeat", request: { offlineLogDirs: [] } },
    ]);
    await pass(wire, 2_000);
    expect(told.filter(({ name }) => name === "registerBroker")).toHaveLength(2);
  });

  test("is nobody's business where one broker is alone", async () => {
    const { session: one, told, fail } = session({ brokers: 1 });
    await one.begin();
    fail("one", "two");
    await settled();
    expect(told.at(-1)).toMatchObject({ name: "brokerHeartbeat", request: { offlineLogDirs: [] } });
  });
});

describe("a farewell", () => {
  test("is repeated until the controller lets the broker go", async () => {
    let asked = 0;
    const {
      session: one,
      wire,
      told,
    } = session({
      answer: (name, request) =>
        request.wantShutDown === true ? { reply: { errorCode: 0, shouldShutDown: ++asked === 4 } } : ok(name, request),
    });
    await one.begin();
    const ended = one.end();
    for (let i = 0; i < 4; i++) await pass(wire, 50);
    await ended;
    const before = told.length;
    await pass(wire, 10_000);
    expect([asked, told.length]).toEqual([4, before]);
  });

  test("ends though nobody takes over", async () => {
    const { session: one, wire, told } = session();
    await one.begin();
    const ended = one.end();
    for (let i = 0; i < 100; i++) await pass(wire, 50);
    await ended;
    const before = told.length;
    await pass(wire, 10_000);
    expect([told.at(-1)?.request.wantShutDown, told.length]).toEqual([true, before]);
  });
});
