import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Address, Environment, Socket } from "../../lib/environment.js";
import { type RunSummary, Simulation } from "./simulation.js";

const limits = { eventsMax: 500_000, virtualMsMax: 600_000 };
const nothing = (): void => {};
const bytesOf = (text: string): Uint8Array => Buffer.from(text, "latin1");

/** Sends everything back, in the pieces in which it came. */
async function startEcho(environment: Environment): Promise<Address> {
  const { address } = await environment.network.listen({ host: "0.0.0.0", port: 9092 }, null, (socket) => {
    const buffer = Buffer.alloc(1_000);
    socket.receive(
      () => buffer,
      (bytes) => void socket.send([Buffer.from(buffer.subarray(0, bytes))], nothing),
    );
  });
  return address;
}

/** Everything that arrives, and a promise for so many bytes of it. */
function collect(socket: Socket): { text(): string; until(bytes: number): Promise<string> } {
  const buffer = Buffer.alloc(1_000);
  let text = "";
  let wake = nothing;
  socket.receive(
    () => buffer,
    (bytes) => {
      text += buffer.toString("latin1", 0, bytes);
      wake();
    },
  );
  const until = async (bytes: number): Promise<string> => {
    while (text.length < bytes) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return text;
  };
  return { text: () => text, until };
}

const closed = (socket: Socket): Promise<string> => new Promise((resolve) => socket.onClose(resolve));

/** Some clients that talk to an echo server on another host, with files and timers on the way. */
function echoRun(seed: number): Promise<RunSummary> {
  const simulation = new Simulation(seed);
  const server = simulation.host();
  return simulation.run(async () => {
    const environment = server.start();
    await startEcho(environment);
    const file = environment.files.open("/log", "create");
    const workload = simulation.random("workload");
    const clients = Array.from({ length: 5 }, async (_, client) => {
      const socket = simulation.host().start().network.connect({ host: server.address, port: 9092 }, null);
      const answers = collect(socket);
      let sent = "";
      for (let round = 0; round < 20; round++) {
        const text = `${client}.${round} ${"x".repeat(workload.below(500))}\n`;
        sent += text;
        socket.send([bytesOf(text)], nothing);
        if (workload.chance(0.3)) await file.sync();
        if (workload.chance(0.3)) await simulation.sleep(workload.below(50));
        expect(await answers.until(sent.length)).toBe(sent);
      }
      socket.close();
      await closed(socket);
    });
    await Promise.all(clients);
  }, limits);
}

describe("a simulation", () => {
  test("is the same in every run of one seed, and another with another seed", async () => {
    const first = await echoRun(42);
    expect(await echoRun(42)).toEqual(first);
    expect((await echoRun(43)).sentHash).not.toBe(first.sentHash);
    expect(first.events).toBeGreaterThan(500);
  });

  test("jumps over time in which nothing happens", async () => {
    const simulation = new Simulation(1);
    const { clock } = simulation.host().start();
    const beforeMs = clock.wallMs();
    const summary = await simulation.run(() => simulation.sleep(500_000), limits);
    expect(summary.virtualMs).toBe(500_000);
    expect(clock.wallMs() - beforeMs).toBe(500_000);
  });

  test("runs a deadline in its order and not once it is cancelled; the end of a turn comes after promises", async () => {
    const simulation = new Simulation(1);
    const { clock, endOfTurn } = simulation.host().start();
    const ran: string[] = [];
    await simulation.run(async () => {
      clock.at(20, () => ran.push("late"));
      clock.at(10, () => ran.push("early"));
      clock.at(15, () => ran.push("cancelled")).cancel();
      endOfTurn(() => ran.push("end of turn"));
      await Promise.resolve();
      ran.push("promise");
      await simulation.sleep(30);
    }, limits);
    expect(ran).toEqual(["promise", "end of turn", "early", "late"]);
  });

  test("does long work in slices", async () => {
    const simulation = new Simulation(1);
    const { offload, clock } = simulation.host().start();
    const job = {
      name: "count",
      *run(upTo: number) {
        for (let step = 0; step < upTo; step++) yield;
        return upTo;
      },
    };
    const order: string[] = [];
    await simulation.run(async () => {
      const work = offload(job, 100).then((result) => order.push(`counted ${result}`));
      clock.at(0, () => order.push("something else"));
      await work;
    }, limits);
    expect(order).toEqual(["something else", "counted 100"]);
  });

  test("gives every process its own chance, which follows from the seed", () => {
    const draw = (seed: number): string[] => {
      const simulation = new Simulation(seed);
      const host = simulation.host();
      const first = host.start().random.uuid();
      host.kill();
      return [first, host.start().random.uuid(), simulation.host().start().random.uuid()];
    };
    expect(draw(7)).toEqual(draw(7));
    expect(new Set([...draw(7), ...draw(8)]).size).toBe(6);
  });

  test("fails with its seed when the scenario fails, or a promise that nobody waits for, or a tick", async () => {
    const failures: (() => Promise<void>)[] = [
      async () => {
        throw new Error("a bug");
      },
      async () => {
        void Promise.reject(new Error("a bug"));
        await new Promise(nothing);
      },
      async () => {
        process.nextTick(() => {
          throw new Error("a bug");
        });
        await new Promise(nothing);
      },
    ];
    for (const scenario of failures) {
      const simulation = new Simulation(99);
      await expect(simulation.run(scenario, limits)).rejects.toThrow(/^Seed 99 failed at event 1, 0 ms: a bug/);
    }
  });

  test("fails when nothing is left to happen, or too much happens", async () => {
    const stuck = new Simulation(1);
    await expect(stuck.run(() => new Promise(nothing), limits)).rejects.toThrow("something is left to happen");
    const endless = new Simulation(1);
    const again = async (): Promise<void> => {
      for (;;) await endless.sleep(1);
    };
    await expect(endless.run(again, { eventsMax: 100, virtualMsMax: 1e9 })).rejects.toThrow("within 100 events");
  });

  test.each([
    ["the clock", () => void Date.now()],
    ["a new date", () => void new Date()],
    ["a timer", () => clearTimeout(setTimeout(nothing, 0))],
    ["chance", () => void Math.random()],
    ["chance, by another way", () => void [Math].map(({ random }) => random())],
    ["random bytes", () => void randomBytes(4)],
    ["a file", () => void readFileSync("package.json")],
    ["the fine clock", () => void performance.now()],
  ])("catches a leak: %s", async (_what, leak) => {
    await expect(new Simulation(1).run(async () => leak(), limits)).rejects.toThrow("comes through the environment");
  });

  test("leaves dates that are computed alone, and takes its traps away", async () => {
    const real = Date;
    await new Simulation(1).run(async () => void new Date(0).toISOString(), limits);
    expect(Date).toBe(real);
    expect(typeof setTimeout(nothing, 0).unref).toBe("function");
  });
});

describe("a simulated connection", () => {
  /** A server that notes its sockets, a client connected to it. */
  async function pair(
    seed: number,
    scenario: (ends: { near: Socket; far: Socket; sleep: Simulation["sleep"] }) => Promise<void>,
  ) {
    const simulation = new Simulation(seed);
    const server = simulation.host();
    await simulation.run(async () => {
      let accept: (socket: Socket) => void = nothing;
      const accepting = new Promise<Socket>((resolve) => {
        accept = resolve;
      });
      await server.start().network.listen({ host: "0.0.0.0", port: 0 }, null, (socket) => accept(socket));
      const near = simulation.host().start().network.connect({ host: server.address, port: 30_000 }, null);
      await scenario({ near, far: await accepting, sleep: (ms) => simulation.sleep(ms) });
    }, limits);
  }

  test("brings every byte in order, in pieces of its own choice", async () => {
    for (let seed = 0; seed < 10; seed++) {
      await pair(seed, async ({ near, far }) => {
        const arrived = collect(far);
        let sent = "";
        let taken = 0;
        for (let round = 0; round < 50; round++) {
          const text = `${round},`.repeat(100);
          sent += text;
          near.send([bytesOf(text.slice(0, 10)), bytesOf(""), bytesOf(text.slice(10))], () => taken++);
        }
        expect(await arrived.until(sent.length)).toBe(sent);
        near.close();
        expect(await closed(near)).toBe("closed by us");
        expect(taken).toBe(50);
      });
    }
  });

  test("shows when a sender changes bytes before they were taken", async () => {
    await pair(1, async ({ near, far }) => {
      const arrived = collect(far);
      const chunk = Buffer.from("good");
      near.send([chunk], nothing);
      chunk.write("evil");
      expect(await arrived.until(4)).toBe("evil");
    });
  });

  test("shows when a reader uses a buffer that it has given away", async () => {
    await pair(1, async ({ near, far, sleep }) => {
      const buffer = Buffer.alloc(16);
      far.receive(() => buffer, nothing);
      near.send([bytesOf("gone")], nothing);
      await sleep(100);
      expect(buffer.toString("latin1", 0, 4)).not.toBe("gone");
    });
  });

  test("a peer that does not read stops the sender; reading starts it again", async () => {
    await pair(1, async ({ near, far, sleep }) => {
      const chunk = new Uint8Array(100_000);
      let sent = 1;
      while (near.send([chunk], nothing)) sent++;
      expect(sent * chunk.length).toBeLessThan(500_000);
      let drained = false;
      near.onDrain(() => {
        drained = true;
      });
      await sleep(10_000);
      expect(drained).toBe(false);
      await collect(far).until(sent * chunk.length);
      await sleep(1);
      expect(drained).toBe(true);
    });
  });

  test("close sends what is queued, but does not wait for ever", async () => {
    await pair(1, async ({ near, far }) => {
      const arrived = collect(far);
      near.send([bytesOf("z".repeat(200_000))], nothing);
      near.close();
      expect(await closed(far)).toBe("closed by the peer");
      expect(arrived.text()).toHaveLength(200_000);
    });
    await pair(2, async ({ near, far, sleep }) => {
      let taken = false;
      near.send([bytesOf("z".repeat(200_000))], () => {
        taken = true;
      });
      near.close();
      expect(await closed(near)).toBe("closed by us");
      await sleep(0);
      expect(taken).toBe(true);
      collect(far);
      expect(await closed(far)).toBe("read ECONNRESET");
    });
  });

  test("to where nobody listens is refused", async () => {
    const simulation = new Simulation(1);
    await simulation.run(async () => {
      const near = simulation.host().start().network.connect({ host: "10.0.0.9", port: 1 }, null);
      expect(await closed(near)).toContain("ECONNREFUSED");
    }, limits);
  });

  test("a listener on the loopback serves its own host only, and a port is taken once", async () => {
    const simulation = new Simulation(1);
    await simulation.run(async () => {
      const host = simulation.host();
      const { network } = host.start();
      const { address } = await network.listen({ host: "127.0.0.1", port: 0 }, null, nothing);
      await expect(network.listen(address, null, nothing)).rejects.toThrow("taken");
      const outside = simulation.host().start().network.connect({ host: host.address, port: address.port }, null);
      expect(await closed(outside)).toContain("ECONNREFUSED");
    }, limits);
  });
});

describe("a process that is killed", () => {
  test("ends its connections, runs nothing more, gives its lock back, and finds its files again", async () => {
    const simulation = new Simulation(5);
    const host = simulation.host();
    const ran: string[] = [];
    await simulation.run(async () => {
      const environment = host.start();
      await startEcho(environment);
      environment.files.lock("/.lock");
      environment.files.open("/log", "create").write([bytesOf("in the page cache")], 0);
      environment.clock.at(1_000, () => ran.push("a dead process's timer"));
      const near = simulation.host().start().network.connect({ host: host.address, port: 9092 }, null);
      const answers = collect(near);
      near.send([bytesOf("hello")], nothing);
      await answers.until(5);
      host.kill();
      expect(await closed(near)).toMatch(/closed by the peer|ECONNRESET/);
      await simulation.sleep(2_000);
      const again = host.start();
      expect(again.files.lock("/.lock")).toHaveProperty("release");
      expect(again.files.stat("/log")?.bytes).toBe(17);
      await startEcho(again);
    }, limits);
    expect(ran).toEqual([]);
  });

  test("in the middle of a call does nothing more, and no exception shows it", async () => {
    const simulation = new Simulation(5);
    const host = simulation.host();
    await simulation.run(async () => {
      const { files } = host.start();
      const log = files.open("/log", "create");
      host.disk.watch = ({ kind }) => {
        if (kind === "write") host.kill();
        return null;
      };
      log.write([bytesOf("never")], 0);
      files.createFolder("/never");
      files.open("/never/deeper", "create").write([bytesOf("never")], 0);
      files.remove("/log");
    }, limits);
    host.disk.watch = () => null;
    expect(host.start().files.list("/")).toEqual(["log"]);
    expect(host.disk.usedBytes()).toBe(0);
  });

  test("by a power cut says nothing: its peer learns of it when it sends", async () => {
    const simulation = new Simulation(5);
    const host = simulation.host();
    await simulation.run(async () => {
      await startEcho(host.start());
      const near = simulation.host().start().network.connect({ host: host.address, port: 9092 }, null);
      const answers = collect(near);
      near.send([bytesOf("hello")], nothing);
      await answers.until(5);
      let why: string | null = null;
      near.onClose((reason) => {
        why = reason;
      });
      host.cutPower();
      await simulation.sleep(60_000);
      expect(why).toBeNull();
      near.send([bytesOf("anyone?")], nothing);
      await simulation.sleep(100);
      expect(why).toBe("read ECONNRESET");
    }, limits);
  });
});
