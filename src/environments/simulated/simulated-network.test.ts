import { describe, expect, test } from "vitest";
import type { Socket } from "../../lib/environment.js";
import { bytesOf, closed, collect, limits, nothing, startEcho } from "./echo.test-data.js";
import { Simulation } from "./simulation.js";

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

  test("that its peer has ended waits quietly while the last bytes cannot reach the peer", async () => {
    const simulation = new Simulation(1);
    const [server, client] = [simulation.host(), simulation.host()];
    const { events } = await simulation.run(async () => {
      let accept: (socket: Socket) => void = nothing;
      const accepting = new Promise<Socket>((resolve) => {
        accept = resolve;
      });
      const here = { host: server.address, port: 9092 };
      await server.start().network.listen(here, null, (socket) => accept(socket));
      const near = client.start().network.connect(here, null);
      collect(near);
      near.send([new Uint8Array(1_000_000)], nothing);
      const far = await accepting;
      simulation.cut(client, server, 60_000);
      far.close();
      expect(await closed(near)).toBe("read ECONNRESET");
    }, limits);
    expect(events).toBeLessThan(1_000);
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

  test("neither listens nor connects any more", async () => {
    const simulation = new Simulation(5);
    const [host, other] = [simulation.host(), simulation.host()];
    let accepted = 0;
    await simulation.run(async () => {
      const dead = host.start();
      const { address } = await other.start().network.listen({ host: other.address, port: 0 }, null, () => accepted++);
      host.kill();
      void dead.network.listen({ host: "0.0.0.0", port: 9092 }, null, nothing);
      dead.network.connect(address, null).send([bytesOf("a ghost")], nothing);
      await simulation.sleep(1_000);
      await startEcho(host.start());
    }, limits);
    expect(accepted).toBe(0);
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
