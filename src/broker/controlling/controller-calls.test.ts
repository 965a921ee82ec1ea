import { describe, expect, test } from "vitest";
import { ManualClock, settled } from "../../../tests/support/manual-environment.js";
import type { PeerOutcome, Peers } from "../../cluster/peers/peers.js";
import type { Outcome } from "../../coordination/tickets.js";
import { errors } from "../../protocol/errors.js";
import { encodeResponse } from "../../protocol/frames/frame.js";
import { UnregisterBroker } from "../../protocol/messages/64-unregister-broker.js";
import type { Api } from "../../protocol/schema/message.js";
import { anonymous } from "../../security/principal.js";
import { ControllerCalls } from "./controller-calls.js";
import type { MetadataPlane } from "./metadata-plane.js";

const done = { reply: { errorCode: 0, errorMessage: null } };
const FRAME_SIZE_BYTES = 4;
const caller = {
  connection: { principal: anonymous, remote: { host: "127.0.0.1" } },
  clientId: null,
  apiVersion: 0,
  isForwarded: false,
  onGone: () => {},
};

/** Broker 1, for which the test says who leads, and what the controllers answer. */
class World {
  readonly wire = new ManualClock();
  leaderId: number | null = 2;
  /** The controller of this broker. */
  here: Outcome<unknown> = done;
  elsewhere: PeerOutcome<unknown> = { errorCode: errors.NETWORK_EXCEPTION.code };
  /** The other broker does not answer. */
  isSilent = false;
  readonly asked: string[] = [];
  readonly #moved = new Set<() => void>();
  readonly calls: ControllerCalls;

  constructor() {
    const peers = {
      send: async (brokerId: number, lane: string, { name }: Api) => {
        this.asked.push(`${name} to ${brokerId}, ${lane}`);
        return this.isSilent ? new Promise(() => {}) : this.elsewhere;
      },
    };
    const leaderId = () => this.leaderId;
    const plane = {
      isClosed: false,
      get leader() {
        const brokerId = leaderId();
        return brokerId === null ? null : { brokerId, epoch: 1, endpoint: { host: "localhost", port: 1 } };
      },
      call: async (name: string) => {
        this.asked.push(`${name} here`);
        return this.here;
      },
      onControllerMoved: (run: () => void) => {
        this.#moved.add(run);
        return () => this.#moved.delete(run);
      },
      controllerMoved: (untilMs: number) =>
        new Promise<void>((resolve) => {
          this.#moved.add(resolve);
          this.wire.at(untilMs, resolve);
        }),
    };
    this.calls = new ControllerCalls({
      nodeId: 1,
      plane: plane as unknown as MetadataPlane,
      peers: peers as unknown as Peers,
      wire: this.wire,
    });
  }

  /** Another broker leads from now on. */
  elect(brokerId: number | null): void {
    this.leaderId = brokerId;
    for (const run of [...this.#moved]) run();
  }
}

/** What an Envelope brings back. */
function inEnvelope(errorCode: number): PeerOutcome<unknown> {
  const { chunks } = encodeResponse(UnregisterBroker, 0, 0, { errorCode, errorMessage: null });
  return { response: { errorCode: 0, responseData: Buffer.concat(chunks).subarray(FRAME_SIZE_BYTES) } };
}

const heartbeat = {
  ...{ brokerId: 1, brokerEpoch: 7, currentMetadataOffset: 3, wantFence: false, wantShutDown: false },
  ...{ offlineLogDirs: [], cordonedLogDirs: null },
};

describe("a call to the controller", () => {
  test("is answered here where this broker leads", async () => {
    const world = new World();
    world.leaderId = 1;
    expect(await world.calls.call("unregisterBroker", { brokerId: 3 })).toEqual(done);
    expect(world.asked).toEqual(["unregisterBroker here"]);
  });

  test("goes in an Envelope where a client wants it, and as it is where the broker does", async () => {
    const world = new World();
    world.elsewhere = inEnvelope(errors.BROKER_ID_NOT_REGISTERED.code);
    expect(await world.calls.call("unregisterBroker", { brokerId: 3 })).toMatchObject({
      reply: { errorCode: errors.BROKER_ID_NOT_REGISTERED.code },
    });
    world.elsewhere = { response: { errorCode: 0, shouldShutDown: false } };
    expect(await world.calls.call("brokerHeartbeat", heartbeat)).toMatchObject({ reply: { errorCode: 0 } });
    expect(world.asked).toEqual(["Envelope to 2, forwarding", "BrokerHeartbeat to 2, liveness"]);
  });

  test("finds the new controller as soon as there is one", async () => {
    const world = new World();
    const called = world.calls.call("unregisterBroker", { brokerId: 3 });
    await settled();
    world.elect(null);
    await settled();
    world.elect(1);
    expect(await called).toEqual(done);
    expect(world.asked).toEqual(["Envelope to 2, forwarding", "unregisterBroker here"]);
    expect(world.wire.monotonicMs()).toBe(0);
  });

  test("does not wait for the answer of one that leads no more", async () => {
    const world = new World();
    world.isSilent = true;
    const called = world.calls.call("unregisterBroker", { brokerId: 3 });
    await settled();
    world.elect(1);
    expect(await called).toEqual(done);
    expect(world.wire.monotonicMs()).toBe(0);
  });

  test("is asked again while the one that was asked says that it leads no more", async () => {
    const world = new World();
    world.elsewhere = { response: { errorCode: errors.NOT_CONTROLLER.code, responseData: null } };
    const called = world.calls.call("unregisterBroker", { brokerId: 3 });
    for (let i = 0; i < 3; i++) {
      await settled();
      world.wire.advance(100);
    }
    world.elsewhere = inEnvelope(0);
    await settled();
    expect(await called).toMatchObject({ reply: { errorCode: 0 } });
    expect(world.asked).toHaveLength(4);
  });

  test("fails when no controller is found for long, or the caller's time is over before", async () => {
    for (const [timeoutMs, ms] of [
      [undefined, 10_000],
      [1_000, 1_000],
    ] as const) {
      const world = new World();
      world.leaderId = null;
      const called = world.calls.call(
        "unregisterBroker",
        { brokerId: 3 },
        timeoutMs === undefined ? {} : { timeoutMs },
      );
      for (let passedMs = 0; passedMs < ms; passedMs += 100) {
        await settled();
        world.wire.advance(100);
      }
      expect(await called).toEqual({ errorCode: errors.NOT_CONTROLLER.code });
    }
  });

  test("ends with its caller", async () => {
    const world = new World();
    let leave = () => {};
    const onGone = (run: () => void) => {
      leave = run;
    };
    const called = world.calls.call("unregisterBroker", { brokerId: 3 }, { caller: { ...caller, onGone } });
    leave();
    expect(await called).toEqual({ errorCode: errors.NETWORK_EXCEPTION.code });
    expect(world.asked).toHaveLength(1);
  });

  test("a topic that was deleted comes back: an old controller passed a forwarded creation on, long after it was repeated", async () => {
    const world = new World();
    world.leaderId = 1;
    world.here = { errorCode: errors.NOT_CONTROLLER.code };
    const called = world.calls.call("unregisterBroker", { brokerId: 3 }, { caller: { ...caller, isForwarded: true } });
    expect(await called).toEqual({ errorCode: errors.NOT_CONTROLLER.code });
    expect(world.asked).toEqual(["unregisterBroker here"]);
  });
});
