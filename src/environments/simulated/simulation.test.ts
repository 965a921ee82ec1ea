import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { bytesOf, closed, collect, limits, nothing, startEcho } from "./echo.test-data.js";
import { type RunSummary, Simulation } from "./simulation.js";

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
    expect(first.events).toBeGreaterThan(200);
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

  test("dates files by the wall clock", async () => {
    const simulation = new Simulation(1);
    const { clock, files } = simulation.host().start();
    await simulation.run(async () => {
      await simulation.sleep(90_000);
      files.open("/log", "create").write([bytesOf("x")], 0);
      expect(files.stat("/log")?.modifiedMs).toBe(clock.wallMs());
    }, limits);
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
