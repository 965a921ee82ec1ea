import { describe, expect, test } from "vitest";
import { limits } from "../../environments/simulated/echo.test-data.js";
import { type SimulatedHost, Simulation } from "../../environments/simulated/simulation.js";
import { errors } from "../../protocol/errors.js";
import { BrokerHeartbeat } from "../../protocol/messages/63-broker-heartbeat.js";
import { AllocateProducerIds } from "../../protocol/messages/67-allocate-producer-ids.js";
import { silentLogger } from "../../storage/storage.test-data.js";
import { FarBroker } from "./far-broker.test-data.js";
import { PeerConnections } from "./peer-connections.js";
import type { Lane } from "./peers.js";

const heartbeat = {
  ...{ brokerId: 1, brokerEpoch: 7, currentMetadataOffset: 3, wantFence: false, wantShutDown: false },
};
const answer = { errorCode: 0, shouldShutDown: false };
const port = 9092;

interface World {
  readonly simulation: Simulation;
  readonly far: FarBroker;
  readonly host: SimulatedHost;
  /** Of broker 1. */
  readonly near: SimulatedHost;
  readonly peers: PeerConnections;
  /** A heartbeat to the other broker: the answer's error, or this side's. */
  readonly send: (timeoutMs?: number, lane?: Lane) => Promise<number>;
}

/** Broker 1 with connections to broker 2, which answers heartbeats at once unless the test wants something else. */
async function story(tell: (world: World) => Promise<void>): Promise<void> {
  const simulation = new Simulation(1);
  const host = simulation.host();
  await simulation.run(async () => {
    const far = new FarBroker([{ api: BrokerHeartbeat, from: 0, to: 1 }]);
    far.answer = (header, socket) => far.send(socket, BrokerHeartbeat, header, answer);
    await far.start(host.start(), { host: host.address, port });
    const near = simulation.host();
    const peers = new PeerConnections({
      environment: near.start(),
      logger: silentLogger,
      nodeId: 1,
      addressOf: (brokerId) => (brokerId === 2 ? { host: host.address, port } : null),
      answerBytesMax: 10_000,
    });
    const send = async (timeoutMs = 1_000, lane: Lane = "liveness") => {
      const outcome = await peers.send(2, lane, BrokerHeartbeat, heartbeat, { timeoutMs });
      return "errorCode" in outcome ? outcome.errorCode : outcome.response.errorCode;
    };
    await tell({ simulation, far, host, near, peers, send });
    peers.close();
    await far.stop();
  }, limits);
}

describe("a request to another broker", () => {
  test("goes in the newest version that both know, over one connection for each lane", () =>
    story(async ({ far, send }) => {
      expect(await Promise.all([send(), send(), send(1_000, "control")])).toEqual([0, 0, 0]);
      expect(far.asked.map(({ apiVersion }) => apiVersion)).toEqual([1, 1, 1]);
      expect(far.asked.map(({ clientId }) => clientId).sort()).toEqual([
        "broker-1-control",
        "broker-1-liveness",
        "broker-1-liveness",
      ]);
      expect(far.connections).toBe(2);
    }));

  test("that the other broker does not know is not sent", () =>
    story(async ({ far, peers }) => {
      const request = { brokerId: 1, brokerEpoch: 7 };
      const outcome = await peers.send(2, "control", AllocateProducerIds, request, { timeoutMs: 1_000 });
      expect(outcome).toEqual({ errorCode: errors.UNSUPPORTED_VERSION.code });
      expect(far.asked).toEqual([]);
    }));

  test("to a broker that nobody knows fails at once", () =>
    story(async ({ peers }) => {
      const outcome = await peers.send(3, "liveness", BrokerHeartbeat, heartbeat, { timeoutMs: 1_000 });
      expect(outcome).toEqual({ errorCode: errors.BROKER_NOT_AVAILABLE.code });
    }));

  test("without an answer ends in time, and so does the connection: the next one is not answered with it", () =>
    story(async ({ simulation, far, send }) => {
      const answerNow = far.answer;
      far.answer = (header, socket) => void simulation.sleep(500).then(() => answerNow(header, socket));
      const startMs = simulation.nowMs;
      expect(await Promise.all([send(100), send(5_000)])).toEqual([
        errors.REQUEST_TIMED_OUT.code,
        errors.NETWORK_EXCEPTION.code,
      ]);
      expect(simulation.nowMs - startMs).toBeLessThan(110);
      expect(await send(5_000)).toBe(0);
      expect(far.connections).toBe(2);
    }));

  test("whose answer is too large, or makes no sense, fails", () =>
    story(async ({ far, send }) => {
      far.answer = (_, socket) => void socket.send([Buffer.from([0, 0, 0x7f, 0])], () => {});
      expect(await send()).toBe(errors.NETWORK_EXCEPTION.code);
      far.answer = (header, socket) => {
        far.send(socket, BrokerHeartbeat, { ...header, correlationId: header.correlationId + 1 }, answer);
      };
      expect(await send()).toBe(errors.NETWORK_EXCEPTION.code);
    }));
});

describe("a broker that is away", () => {
  test("and says nothing at all keeps no request longer than it has time", () =>
    story(async ({ simulation, host, near, send }) => {
      simulation.cut(near, host, 60_000);
      const startMs = simulation.nowMs;
      expect(await Promise.all([send(1_500), send(9_000)])).toEqual([
        errors.REQUEST_TIMED_OUT.code,
        errors.NETWORK_EXCEPTION.code,
      ]);
      expect(simulation.nowMs - startMs).toBeLessThan(1_510);
    }));

  test("is tried again, ever more rarely, and found when it is back", () =>
    story(async ({ simulation, far, host, send }) => {
      expect(await send()).toBe(0);
      host.kill();
      expect(await send()).toBe(errors.NETWORK_EXCEPTION.code);
      const startMs = simulation.nowMs;
      let tries = 0;
      for (; simulation.nowMs < startMs + 10_000; tries++) expect(await send(2_000)).not.toBe(0);
      expect(tries).toBeGreaterThanOrEqual(10);
      expect(tries).toBeLessThan(20);
      await far.start(host.start(), { host: host.address, port });
      expect(await send(2_000)).toBe(0);
    }));

  test("leaves nobody waiting", () =>
    story(async ({ far, send }) => {
      far.answer = () => {};
      const waiting = [send(60_000), send(60_000)];
      await send(1_000, "control");
      await far.stop();
      expect(await Promise.all(waiting)).toEqual(waiting.map(() => errors.NETWORK_EXCEPTION.code));
    }));
});
