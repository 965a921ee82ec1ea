import { describe, expect, test } from "vitest";
import { memoryEnvironment } from "../memory/memory-environment.js";
import { nodeEnvironment } from "./node-environment.js";

describe("the real environment", () => {
  test("runs deadlines in their order, whenever they were set, and never a cancelled one", async () => {
    const { clock } = nodeEnvironment();
    const ran: string[] = [];
    const nowMs = clock.monotonicMs();
    await new Promise<void>((resolve) => {
      clock.at(nowMs + 30, resolve);
      clock.at(nowMs + 20, () => ran.push("second"));
      clock.at(nowMs + 10, () => ran.push("first"));
      clock.at(nowMs + 15, () => ran.push("cancelled")).cancel();
      clock.at(nowMs - 5, () => ran.push("past"));
    });
    expect(ran).toEqual(["past", "first", "second"]);
    expect(clock.monotonicMs()).toBeGreaterThanOrEqual(nowMs + 30);
  });

  test("a deadline that throws does not stop those behind it", async () => {
    const { clock } = nodeEnvironment();
    const thrown: unknown[] = [];
    const listeners = process.listeners("uncaughtException");
    process.removeAllListeners("uncaughtException");
    process.on("uncaughtException", (error) => thrown.push(error));
    try {
      await new Promise<void>((resolve) => {
        clock.at(clock.monotonicMs(), () => {
          throw new Error("a bug");
        });
        clock.at(clock.monotonicMs() + 1, resolve);
      });
    } finally {
      process.removeAllListeners("uncaughtException");
      for (const listener of listeners) process.on("uncaughtException", listener);
    }
    expect(thrown).toHaveLength(1);
  });

  test("after a standstill, what has arrived is heard before a deadline that has passed", async () => {
    const { clock, network } = nodeEnvironment();
    const heard: string[] = [];
    let wake = (): void => {};
    const hear = (what: string): void => {
      heard.push(what);
      wake();
    };
    const until = async (count: number): Promise<void> => {
      while (heard.length < count) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    };
    const buffer = Buffer.alloc(10);
    const listening = await network.listen({ host: "127.0.0.1", port: 0 }, null, (socket) => {
      socket.receive(
        () => buffer,
        (bytes) => hear(buffer.toString("latin1", 0, bytes)),
      );
    });
    const client = network.connect(listening.address, null);
    client.send([Buffer.from("hello")], () => {});
    await until(1);
    const dueMs = clock.monotonicMs() + 5;
    clock.at(dueMs, () => hear("deadline"));
    client.send([Buffer.from("alive")], () => {});
    while (clock.monotonicMs() < dueMs + 5);
    await until(3);
    expect(heard).toEqual(["hello", "alive", "deadline"]);
    client.close();
    await listening.close();
  });

  test("the end of the turn comes after promises and before the next timer round", async () => {
    const { endOfTurn } = nodeEnvironment();
    const ran: string[] = [];
    await new Promise<void>((resolve) => {
      endOfTurn(() => {
        ran.push("end");
        resolve();
      });
      Promise.resolve()
        .then(() => ran.push("promise"))
        .then(() => ran.push("chained"));
    });
    expect(ran).toEqual(["promise", "chained", "end"]);
  });

  test("long work is cut into slices between which other work runs, and two jobs take turns", async () => {
    const { offload, endOfTurn } = nodeEnvironment();
    let turns = 0;
    let working = true;
    const count = (): void => {
      turns++;
      if (working) endOfTurn(count);
    };
    endOfTurn(count);
    const job = {
      name: "sum",
      *run(upTo: number) {
        let sum = 0;
        for (let number = 1; number <= upTo; number++) {
          sum += number;
          if (number % 1_000 === 0) yield;
        }
        return sum;
      },
    };
    const sums = await Promise.all([offload(job, 3_000_000), offload(job, 3_000_000)]);
    working = false;
    expect(sums).toEqual([4500001500000, 4500001500000]);
    expect(turns).toBeGreaterThan(3);
  });

  test("work that fails rejects, and the work behind it goes on", async () => {
    const { offload } = nodeEnvironment();
    const failing = {
      name: "fails",
      *run(): Generator<void, string, void> {
        yield;
        throw new Error("no");
      },
    };
    const fine = {
      name: "fine",
      *run(): Generator<void, string, void> {
        yield;
        return "done";
      },
    };
    const results = await Promise.allSettled([offload(failing, null), offload(fine, null)]);
    expect(results.map((result) => result.status)).toEqual(["rejected", "fulfilled"]);
  });

  test("random ids are of version 4 in Kafka's form", () => {
    const { random } = nodeEnvironment();
    for (let round = 0; round < 200; round++) {
      const id = random.uuid();
      expect(id).toMatch(/^[A-Za-z0-9_][A-Za-z0-9_-]{21}$/);
      const bytes = Buffer.from(id, "base64url");
      expect(bytes).toHaveLength(16);
      expect(bytes.readUInt8(6) >> 4).toBe(4);
      expect(bytes.readUInt8(8) >> 6).toBe(2);
    }
    expect(random.bytes(5)).toHaveLength(5);
    expect(random.below(1)).toBe(0);
  });

  test("random bytes come in any number, and none are given out twice", () => {
    const { random } = nodeEnvironment();
    const drawn = Array.from({ length: 1000 }, () => Buffer.from(random.bytes(12)).toString("hex"));
    expect(new Set(drawn).size).toBe(1000);
    for (const count of [0, 1, 4096, 4097, 10_000]) expect(random.bytes(count)).toHaveLength(count);
  });

  test("in the memory environment files are gone with it; the rest is the real one", () => {
    const first = memoryEnvironment();
    first.files.open("a", "create").close();
    expect(first.files.list("")).toEqual(["a"]);
    expect(memoryEnvironment().files.list("")).toEqual([]);
    expect(first.files.space("/").total).toBeGreaterThan(1024 * 1024);
  });
});
