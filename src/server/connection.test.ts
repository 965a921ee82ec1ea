import { describe, expect, test } from "vitest";
import { ManualClock } from "../../tests/support/manual-environment.js";
import type { Socket } from "../lib/environment.js";
import { FrameMemory } from "../protocol/frames/frame-memory.js";
import { Connection, type Exchange } from "./connection.js";

/** One end of a connection, with the other end in the hands of the test. */
function connect(options: { maxIdleMs?: number } = {}) {
  const clock = new ManualClock();
  const sent: string[] = [];
  const served: Exchange[] = [];
  const closed: string[] = [];
  const socket = { isPaused: false, isFull: false };
  let into: () => Uint8Array = () => new Uint8Array();
  let on: (bytes: number) => void = () => undefined;
  let drain: () => void = () => undefined;
  let end: (why: string) => void = () => undefined;
  const fake: Socket = {
    local: { host: "127.0.0.1", port: 9092 },
    remote: { host: "127.0.0.1", port: 1 },
    serverName: null,
    receive: (intoBuffer, onBytes) => {
      into = intoBuffer;
      on = onBytes;
    },
    send: (chunks, taken) => {
      sent.push(Buffer.concat(chunks).toString());
      taken();
      return !socket.isFull;
    },
    onDrain: (run) => {
      drain = run;
    },
    onClose: (run) => {
      end = run;
    },
    pause: () => {
      socket.isPaused = true;
    },
    resume: () => {
      socket.isPaused = false;
    },
    close: () => end("closed here"),
  };
  const memory = new FrameMemory(1 << 20);
  const connection = new Connection({
    socket: fake,
    facts: {
      id: 1,
      listener: "PLAINTEXT",
      principal: { type: "User", name: "ANONYMOUS" },
      local: fake.local,
      remote: fake.remote,
      serverName: null,
      software: null,
    },
    wire: clock,
    scratch: Buffer.alloc(64 * 1024),
    memory,
    maxFrameBytes: 1 << 20,
    maxIdleMs: options.maxIdleMs ?? 600_000,
    serve: (exchange) => void served.push(exchange),
    onClosed: (_connection, why) => void closed.push(why),
  });
  connection.start();
  const request = (apiKey: number, body = "") => {
    const frame = Buffer.alloc(6 + body.length);
    frame.writeInt32BE(2 + body.length, 0);
    frame.writeInt16BE(apiKey, 4);
    frame.write(body, 6);
    return frame;
  };
  const arrive = (...frames: Buffer[]) => {
    const bytes = Buffer.concat(frames);
    into().set(bytes);
    on(bytes.length);
  };
  const answer = (exchange: Exchange | undefined, text: string) => {
    if (exchange !== undefined) exchange.served = { kind: "answer", chunks: [Buffer.from(text)] };
    connection.settled();
  };
  return {
    clock,
    sent,
    served,
    closed,
    socket,
    request,
    arrive,
    answer,
    drain: () => drain(),
    end: (why: string) => end(why),
    connection,
  };
}

const produce = 0;
const fetch = 1;
const offsetCommit = 8;
const heartbeat = 12;

describe("a connection", () => {
  test("starts a request only when the one before it is answered, and reads nothing meanwhile", () => {
    const { arrive, request, served, answer, sent, socket } = connect();
    arrive(request(heartbeat), request(fetch));
    expect(served.length).toBe(1);
    expect(socket.isPaused).toBe(true);
    answer(served[0], "one");
    expect(served.length).toBe(2);
    expect(socket.isPaused).toBe(false);
    answer(served[1], "two");
    expect(sent).toEqual(["one", "two"]);
  });

  test("starts a produce as soon as the produce before it is appended, and answers both in order", () => {
    const { arrive, request, served, answer, sent, connection } = connect();
    arrive(request(produce), request(produce), request(fetch));
    expect(served.length).toBe(1);
    for (const exchange of served) exchange.appended = true;
    connection.settled();
    expect(served.length).toBe(2);
    answer(served[1], "second");
    expect(sent).toEqual([]);
    answer(served[0], "first");
    expect(sent).toEqual(["first", "second"]);
    expect(served.length).toBe(3);
  });

  test("starts a commit of offsets as soon as the coordinator has the one before it; a heartbeat waits for both", () => {
    const { arrive, request, served, answer, connection } = connect();
    arrive(request(offsetCommit), request(offsetCommit), request(heartbeat));
    for (const exchange of served) exchange.appended = true;
    connection.settled();
    for (const exchange of served) exchange.appended = true;
    connection.settled();
    expect(served.length).toBe(2);
    answer(served[0], "first");
    expect(served.length).toBe(2);
    answer(served[1], "second");
    expect(served.length).toBe(3);
  });

  test("does not start a commit of offsets beside a produce", () => {
    const { arrive, request, served, connection } = connect();
    arrive(request(produce), request(offsetCommit));
    for (const exchange of served) exchange.appended = true;
    connection.settled();
    expect(served.length).toBe(1);
  });

  test("gives the buffer of a produce back when it is answered, and never that of another request", () => {
    const { arrive, request, served, answer } = connect();
    const bufferOf = (exchange: Exchange | undefined) => exchange?.frame.reusable?.buffer;
    const large = "x".repeat(20_000);
    arrive(request(produce, large));
    answer(served[0], "appended");
    arrive(request(heartbeat, large));
    expect(bufferOf(served[1])).toBe(bufferOf(served[0]));
    answer(served[1], "kept by whoever wants");
    arrive(request(produce, large));
    expect(bufferOf(served[2])).not.toBe(bufferOf(served[0]));
  });

  test("goes on after a produce without an answer", () => {
    const { arrive, request, served, answer, sent, connection } = connect();
    arrive(request(produce), request(fetch));
    for (const exchange of served) exchange.served = { kind: "none" };
    connection.settled();
    answer(served[1], "fetched");
    expect(sent).toEqual(["fetched"]);
  });

  test("starts nothing more for a client that does not take its answers", () => {
    const { arrive, request, served, answer, socket, drain } = connect();
    socket.isFull = true;
    arrive(request(fetch), request(fetch));
    answer(served[0], "much");
    expect(served.length).toBe(1);
    expect(socket.isPaused).toBe(true);
    drain();
    expect(served.length).toBe(2);
  });

  test("is muted for the time of a throttle, after the answer", () => {
    const { arrive, request, served, answer, sent, clock } = connect();
    arrive(request(heartbeat), request(heartbeat));
    for (const exchange of served) exchange.throttleMs = 500;
    answer(served[0], "slow down");
    expect(sent).toEqual(["slow down"]);
    clock.advance(499);
    expect(served.length).toBe(1);
    clock.advance(1);
    expect(served.length).toBe(2);
  });

  test("is muted for the longest of the throttles of requests that were under way together", () => {
    const { arrive, request, served, answer, clock, connection } = connect();
    arrive(request(produce));
    for (const exchange of served) exchange.appended = true;
    connection.settled();
    arrive(request(produce), request(heartbeat));
    for (const [i, exchange] of served.entries()) exchange.throttleMs = i === 0 ? 500 : 100;
    answer(served[0], "one");
    answer(served[1], "two");
    clock.advance(499);
    expect(served.length).toBe(2);
    clock.advance(1);
    expect(served.length).toBe(3);
  });

  test("that has ended is let go at once, and not only when its idle time or its throttle would have run out", () => {
    const { arrive, request, served, answer, clock, end } = connect();
    arrive(request(heartbeat));
    for (const exchange of served) exchange.throttleMs = 500;
    answer(served[0], "slow down");
    expect(clock.timers).toBe(2);
    end("the client is gone");
    expect(clock.timers).toBe(0);
  });

  test("is closed when nothing came for connections.max.idle.ms, but not while it waits for us", () => {
    const { arrive, request, served, answer, closed, clock } = connect({ maxIdleMs: 1000 });
    arrive(request(fetch));
    clock.advance(5000);
    expect(closed).toEqual([]);
    answer(served[0], "at last");
    clock.advance(2000);
    expect(closed).toEqual([expect.stringContaining("connections.max.idle.ms")]);
  });

  test("lets go of parked work when the client goes away", () => {
    const { arrive, request, served, end, closed } = connect();
    arrive(request(fetch));
    let isGone = false;
    served[0]?.onGone.push(() => {
      isGone = true;
    });
    end("reset by peer");
    expect(isGone).toBe(true);
    expect(closed).toEqual(["reset by peer"]);
  });

  test("closes on a frame that is too large and says so", () => {
    const { arrive, closed } = connect();
    const header = Buffer.alloc(4);
    header.writeInt32BE(2 ** 31 - 1);
    arrive(header);
    expect(closed).toEqual([expect.stringContaining("socket.request.max.bytes")]);
  });
});
