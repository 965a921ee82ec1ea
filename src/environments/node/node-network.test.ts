import net from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { type Listening, NetworkError, type Socket } from "../../lib/environment.js";
import { nodeNetwork } from "./node-network.js";
import { addressOf } from "./node-socket.js";

const here = { host: "127.0.0.1", port: 0 };
const open: Listening[] = [];
afterEach(async () => {
  for (const listening of open.splice(0)) await listening.close();
});

/** A listener, and the two ends of one connection to it. */
async function pair(): Promise<{ accepted: Socket; connected: Socket }> {
  let accept: (socket: Socket) => void = () => {};
  const accepting = new Promise<Socket>((resolve) => {
    accept = resolve;
  });
  const listening = await nodeNetwork.listen(here, null, (socket) => accept(socket));
  open.push(listening);
  const connected = nodeNetwork.connect(listening.address, null);
  return { connected, accepted: await accepting };
}

/** Everything that arrives, through one small buffer that is used again and again. */
function collect(socket: Socket): { text(): string; until(bytes: number): Promise<string> } {
  const buffer = Buffer.alloc(1_000);
  let text = "";
  let wake = (): void => {};
  socket.receive(
    () => buffer,
    (bytes) => {
      text += buffer.toString("latin1", 0, bytes);
      buffer.fill("?");
      wake();
    },
  );
  return {
    text: () => text,
    until: async (bytes) => {
      while (text.length < bytes) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return text;
    },
  };
}

const closed = (socket: Socket): Promise<string> => new Promise((resolve) => socket.onClose(resolve));
const bytesOf = (text: string): Uint8Array => Buffer.from(text, "latin1");
const nothing = (): void => {};

describe("sockets", () => {
  test("bytes go both ways, into the reader's own buffers, before and after the connection stands", async () => {
    const { accepted, connected } = await pair();
    const atServer = collect(accepted);
    const atClient = collect(connected);
    connected.send([bytesOf("hello "), bytesOf(""), bytesOf("there")], nothing);
    expect(await atServer.until(11)).toBe("hello there");
    const large = "x".repeat(300_000);
    accepted.send([bytesOf("answer "), bytesOf(large)], nothing);
    expect(await atClient.until(7 + large.length)).toBe(`answer ${large}`);
    expect(connected.local).toEqual(accepted.remote);
    expect(connected.remote).toEqual(accepted.local);
    connected.close();
    expect(await closed(accepted)).toBe("closed by the peer");
  });

  test("a peer that ends right behind its question still gets the answer", async () => {
    const listening = await nodeNetwork.listen(here, null, (socket) => {
      const buffer = Buffer.alloc(10);
      socket.receive(
        () => buffer,
        () => socket.send([bytesOf("answer")], nothing),
      );
    });
    open.push(listening);
    const peer = net.connect({ ...listening.address, allowHalfOpen: true });
    // As much as the buffer takes: then Node sees the end in the same turn.
    peer.end("a question");
    let text = "";
    for await (const chunk of peer) text += chunk;
    expect(text).toBe("answer");
  });

  test("what the system takes in parts arrives whole and in order", async () => {
    const { accepted, connected } = await pair();
    connected.pause();
    const sent = Array.from({ length: 60 }, (_, i) =>
      String.fromCharCode(97 + (i % 26)).repeat(i % 3 === 0 ? 200_000 : 7),
    );
    const taken: number[] = [];
    for (const [i, text] of sent.entries()) accepted.send([bytesOf(text), bytesOf(`${i}`)], () => taken.push(i));
    expect(taken.length).toBeLessThan(sent.length);
    connected.resume();
    const all = sent.map((text, i) => `${text}${i}`).join("");
    const arrived = await collect(connected).until(all.length);
    expect(arrived === all).toBe(true);
    expect(taken).toEqual(sent.map((_, i) => i));
  });

  test("`taken` runs once for every send, in order, also for an empty one", async () => {
    const { accepted, connected } = await pair();
    const atServer = collect(accepted);
    const taken: number[] = [];
    connected.send([bytesOf("a"), bytesOf("b")], () => taken.push(1));
    connected.send([bytesOf("c")], () => taken.push(2));
    await atServer.until(3);
    connected.send([], () => taken.push(3));
    expect(taken).toEqual([1, 2, 3]);
  });

  test("a peer that does not read fills the queue; what it never took is given back at the end", async () => {
    const { accepted, connected } = await pair();
    connected.pause();
    const chunk = new Uint8Array(1024 * 1024);
    let sent = 0;
    let taken = 0;
    for (let room = true; room; sent++) room = accepted.send([chunk], () => taken++);
    expect(taken).toBeLessThan(sent);
    const ended = closed(accepted);
    accepted.close();
    await ended;
    expect(taken).toBe(sent);
    expect(accepted.send([chunk], () => taken++)).toBe(false);
    expect(taken).toBe(sent + 1);
  });

  test("a full queue that empties says so", async () => {
    const { accepted, connected } = await pair();
    const chunk = new Uint8Array(1024 * 1024);
    const drained = new Promise<void>((resolve) => accepted.onDrain(resolve));
    let sent = 1;
    while (accepted.send([chunk], nothing)) sent++;
    const atClient = collect(connected);
    await drained;
    expect(await atClient.until(sent * chunk.length)).toHaveLength(sent * chunk.length);
  });

  test("close sends what is queued first", async () => {
    const { accepted, connected } = await pair();
    const atClient = collect(connected);
    accepted.send([bytesOf("y".repeat(2_000_000))], nothing);
    accepted.close();
    await closed(connected);
    expect(atClient.text()).toHaveLength(2_000_000);
  });

  test("pause holds bytes back, resume brings them", async () => {
    const { accepted, connected } = await pair();
    const atServer = collect(accepted);
    connected.send([bytesOf("one")], nothing);
    await atServer.until(3);
    accepted.pause();
    connected.send([bytesOf("two")], nothing);
    // A second connection's round trip: by then the paused bytes have long arrived.
    const other = await pair();
    const probe = collect(other.accepted);
    other.connected.send([bytesOf("probe")], nothing);
    await probe.until(5);
    expect(atServer.text()).toBe("one");
    accepted.resume();
    expect(await atServer.until(6)).toBe("onetwo");
  });

  test("a reset by the peer ends the socket with a reason and no exception", async () => {
    let accept: (socket: Socket) => void = nothing;
    const accepting = new Promise<Socket>((resolve) => {
      accept = resolve;
    });
    const listening = await nodeNetwork.listen(here, null, (socket) => accept(socket));
    open.push(listening);
    const raw = net.connect(listening.address.port, "127.0.0.1");
    const accepted = await accepting;
    collect(accepted);
    const why = closed(accepted);
    raw.resetAndDestroy();
    expect(await why).toContain("ECONNRESET");
    expect(accepted.send([bytesOf("too late")], nothing)).toBe(false);
    accepted.close();
  });

  test("a connection that cannot be made ends with a reason", async () => {
    const listening = await nodeNetwork.listen(here, null, nothing);
    await listening.close();
    const socket = nodeNetwork.connect(listening.address, null);
    collect(socket);
    expect(await closed(socket)).toContain("ECONNREFUSED");
  });

  test("an IPv4 peer of a dual-stack listener is an IPv4 address", () => {
    expect(addressOf("::ffff:10.1.2.3", 9092)).toEqual({ host: "10.1.2.3", port: 9092 });
    expect(addressOf("::1", 9092)).toEqual({ host: "::1", port: 9092 });
  });
});

describe("listening", () => {
  test("on a taken port is refused in one sentence that says what to do", async () => {
    const first = await nodeNetwork.listen(here, null, nothing);
    open.push(first);
    const second = nodeNetwork.listen(first.address, null, nothing);
    await expect(second).rejects.toThrow(/^Port \d+ is taken on 127\.0\.0\.1: /);
    await expect(second).rejects.toBeInstanceOf(NetworkError);
  });

  test("ends while connections live on, and its port is free again", async () => {
    let accept: (socket: Socket) => void = nothing;
    const accepting = new Promise<Socket>((resolve) => {
      accept = resolve;
    });
    const first = await nodeNetwork.listen(here, null, (socket) => accept(socket));
    const connected = nodeNetwork.connect(first.address, null);
    const atServer = collect(await accepting);
    await first.close();
    open.push(await nodeNetwork.listen(first.address, null, nothing));
    connected.send([bytesOf("still here")], nothing);
    expect(await atServer.until(10)).toBe("still here");
    connected.close();
  });

  test("with TLS is refused for now", async () => {
    const tls = { certificate: "", key: "", authorities: [], requestClientCertificate: false };
    await expect(nodeNetwork.listen(here, tls, nothing)).rejects.toThrow("TLS");
    expect(() => nodeNetwork.connect(here, tls)).toThrow("TLS");
  });
});
