import type { Address, Listening, Network, Socket, TlsOptions } from "../../lib/environment.js";
import { NetworkError } from "../../lib/environment.js";
import type { ByteHash } from "./byte-hash.js";
import { Direction } from "./direction.js";
import type { EventLoop, ProcessLoop } from "./event-loop.js";
import type { RandomStream } from "./random-stream.js";
import { SimulatedSocket } from "./simulated-socket.js";

interface Listener {
  readonly host: string;
  readonly bound: Address;
  readonly process: ProcessLoop;
  readonly on: (socket: Socket) => void;
}

interface Connection {
  readonly hosts: readonly [string, string];
  readonly ends: readonly SimulatedSocket[];
  readonly ways: readonly Direction[];
}

interface Slowness {
  readonly msMax: number;
  readonly untilMs: number;
}

const anyAddress: readonly string[] = ["0.0.0.0", "::", ""];
const loopback: readonly string[] = ["127.0.0.1", "localhost", "::1"];

/** How long it takes to find out that a connection is accepted or refused. */
const CONNECT_MS_MAX = 2;
/** How many ends of connections take what arrives in the event in which it does; another event costs. */
const READ_AT_ONCE = 0.9;
const FIRST_FREE_PORT = 30_000;

/** The network between all hosts of a simulation, which are known by their addresses. */
export class SimulatedNetwork {
  readonly #world: EventLoop;
  readonly #random: RandomStream;
  readonly #sent: ByteHash;
  #listeners: Listener[] = [];
  readonly #sockets = new Map<ProcessLoop, SimulatedSocket[]>();
  #nextPort = FIRST_FREE_PORT;
  /** Of connections, two each. */
  #ends = 0;
  /** Until when the way from one host to another is cut. */
  readonly #cuts = new Map<string, number>();
  /** Hosts from and to which all takes longer, for a time. */
  readonly #slow = new Map<string, Slowness>();
  #connections: Connection[] = [];

  /** `sent` takes in everything that arrives, with the time and the number of the end at which it does. */
  constructor(world: EventLoop, random: RandomStream, sent: ByteHash) {
    this.#world = world;
    this.#random = random;
    this.#sent = sent;
  }

  /** The network as a process on the host with this address sees it. */
  viewFrom(host: string, process: ProcessLoop): Network {
    return {
      listen: async (at, tls, on) => {
        refuseTls(tls);
        if (!process.alive) return new Promise(() => {});
        return this.#listen(host, at, process, on);
      },
      connect: (to, tls) => {
        refuseTls(tls);
        return this.#connect(host, to, process);
      },
    };
  }

  /** What is sent that way from now on arrives when the time is over, as when lost packets are sent again. */
  cut(from: string, to: string, untilMs: number): void {
    this.#cuts.set(way(from, to), untilMs);
  }

  /**
   * All connections between two hosts are dead: nothing arrives any more, and nobody hears of it before the time is over.
   * Who connects meanwhile waits.
   */
  sever(one: string, other: string, untilMs: number): void {
    this.cut(one, other, untilMs);
    this.cut(other, one, untilMs);
    const isBetween = ({ hosts }: Connection): boolean => hosts.includes(one) && hosts.includes(other);
    for (const { ends, ways } of this.#connections.filter(isBetween)) {
      for (const way of ways) way.cut();
      for (const end of ends) this.#world.at(untilMs, () => end.resetArrived());
    }
    this.#connections = this.#connections.filter((connection) => !isBetween(connection));
  }

  /** What the host sends and is sent takes up to so long, for a time. */
  slow(host: string, slowness: Slowness): void {
    this.#slow.set(host, slowness);
  }

  /** `how`: a killed process leaves its system to end its connections; a machine without power says nothing. */
  processEnded(process: ProcessLoop, how: "killed" | "vanished"): void {
    this.#listeners = this.#listeners.filter((listener) => listener.process !== process);
    for (const socket of this.#sockets.get(process) ?? []) socket[how]();
    this.#sockets.delete(process);
  }

  #listen(host: string, at: Address, process: ProcessLoop, on: (socket: Socket) => void): Listening {
    if (![host, ...anyAddress, ...loopback].includes(at.host)) {
      throw new NetworkError("EADDRNOTAVAIL", `${at.host} is no address of this host.`);
    }
    const bound = { host: at.host, port: at.port === 0 ? this.#nextPort++ : at.port };
    if (this.#listeners.some((other) => other.host === host && other.bound.port === bound.port)) {
      throw new NetworkError("EADDRINUSE", `Port ${bound.port} is taken on ${host}.`);
    }
    const listener = { host, bound, process, on };
    this.#listeners.push(listener);
    return {
      address: bound,
      close: async () => {
        this.#listeners = this.#listeners.filter((other) => other !== listener);
      },
    };
  }

  #connect(host: string, to: Address, process: ProcessLoop): Socket {
    const ownHost = loopback.includes(to.host);
    const toHost = ownHost ? host : to.host;
    const local = { host: ownHost ? to.host : host, port: this.#nextPort++ };
    const near = this.#socket(process, local, to);
    // The far end is made now and handed to whoever listens when the request arrives.
    const farProcess = this.#listenerAt(toHost, to)?.process ?? process;
    const far = this.#socket(farProcess, to, local);
    const thereHeldMs = () => this.#heldUntilMs(host, toHost);
    const backHeldMs = () => this.#heldUntilMs(toHost, host);
    const there = new Direction(this.#world, process, { sender: near, receiver: far }, this.#random, thereHeldMs);
    const back = new Direction(this.#world, farProcess, { sender: far, receiver: near }, this.#random, backHeldMs);
    this.#connections.push({ hosts: [host, toHost], ends: [near, far], ways: [there, back] });
    near.attach({ outgoing: there, incoming: back, peer: far });
    far.attach({ outgoing: back, incoming: there, peer: near });
    if (!process.alive) return near;
    const arrivesMs = Math.max(this.#world.nowMs + this.#random.fraction() * CONNECT_MS_MAX, thereHeldMs());
    this.#world.at(arrivesMs, () => {
      const listener = this.#listenerAt(toHost, to);
      if (listener === undefined || listener.process !== farProcess) {
        far.vanished();
        near.finish(`connect ECONNREFUSED ${to.host}:${to.port}`);
        return;
      }
      const standsMs = Math.max(this.#world.nowMs + this.#random.fraction() * CONNECT_MS_MAX, backHeldMs());
      back.open(standsMs);
      farProcess.after(0, () => listener.on(far));
      this.#world.at(standsMs, () => there.open(standsMs));
    });
    return near;
  }

  /** What is sent now arrives no earlier. */
  #heldUntilMs(from: string, to: string): number {
    const cutMs = this.#cuts.size === 0 ? undefined : this.#cuts.get(way(from, to));
    if (this.#slow.size === 0) return cutMs ?? Number.NEGATIVE_INFINITY;
    const { nowMs } = this.#world;
    const slowest = Math.max(...[from, to].map((host) => this.#slow.get(host)).map(msMaxAt(nowMs)));
    return Math.max(cutMs ?? 0, slowest === 0 ? 0 : nowMs + this.#random.fraction() * slowest);
  }

  #listenerAt(host: string, to: Address): Listener | undefined {
    return this.#listeners.find(
      ({ host: there, bound }) =>
        there === host &&
        bound.port === to.port &&
        (anyAddress.includes(bound.host) || isSameHost(bound.host, to.host)),
    );
  }

  #socket(process: ProcessLoop, local: Address, remote: Address): SimulatedSocket {
    const number = ++this.#ends;
    const socket = new SimulatedSocket(process, [local, remote], this.#random.chance(READ_AT_ONCE), (bytes) => {
      this.#sent.number(this.#world.nowMs);
      this.#sent.number(number);
      this.#sent.bytes(bytes);
    });
    const sockets = this.#sockets.get(process) ?? [];
    this.#sockets.set(process, sockets);
    sockets.push(socket);
    return socket;
  }
}

function msMaxAt(nowMs: number) {
  return (slowness: Slowness | undefined): number =>
    slowness !== undefined && nowMs < slowness.untilMs ? slowness.msMax : 0;
}

function way(from: string, to: string): string {
  return `${from} > ${to}`;
}

function isSameHost(bound: string, wanted: string): boolean {
  return bound === wanted || (loopback.includes(bound) && loopback.includes(wanted));
}

function refuseTls(tls: TlsOptions | null): void {
  if (tls !== null) throw new NetworkError("ENOTSUP", "Simulated connections are plain: TLS is not simulated.");
}
