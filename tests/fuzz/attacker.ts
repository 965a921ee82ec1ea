/**
 * One connection after another that sends requests, right ones and mutated ones, in whole frames and in pieces, and reads
 * what comes back.
 */
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { RandomStream } from "../../src/environments/simulated/random-stream.js";
import type { TargetBroker } from "../support/target-broker.js";
import type { Corpus } from "./corpus.js";
import { Expectations } from "./expectations.js";
import { mutate } from "./mutate.js";

/** Requests on one connection: most mutations end it. */
const BURST_MAX = 16;
/** A broken frame may leave the broker waiting for its rest, or a request waits for others: then no more answers come. */
const SILENCE_MS = 500;
/** What the broker gets to look at an incomplete frame. */
const INCOMPLETE_MS = 20;
const RECORDED_SHARE = 0.9;
const MUTATED_SHARE = 0.4;
const SPLIT_SHARE = 0.05;

export interface AttackReport {
  readonly sent: number;
  /** Of these, made from what was recorded of real clients. */
  readonly sentRecorded: number;
  readonly answered: number;
  /** Answers that nobody could read, or that nobody asked for. */
  readonly unreadable: readonly string[];
}

export class Attacker {
  readonly #broker: TargetBroker;
  readonly #corpus: Corpus;
  readonly #dice: RandomStream;
  readonly #unreadable: string[] = [];
  #sent = 0;
  #sentRecorded = 0;
  #answered = 0;

  constructor(broker: TargetBroker, corpus: Corpus, seed: number, index: number) {
    this.#broker = broker;
    this.#corpus = corpus;
    this.#dice = new RandomStream(seed, `attacker ${index}`);
  }

  async attack(untilMs: number): Promise<AttackReport> {
    while (performance.now() < untilMs && this.#unreadable.length === 0) await this.#connection();
    const [sent, sentRecorded, answered] = [this.#sent, this.#sentRecorded, this.#answered];
    return { sent, sentRecorded, answered, unreadable: this.#unreadable };
  }

  async #connection(): Promise<void> {
    const socket = connect(this.#broker.port, this.#broker.host);
    const expected = new Expectations();
    await new Promise<void>((resolve) => {
      const silence = setTimeout(resolve, SILENCE_MS);
      // A reset is a way to close; `close` follows.
      socket.on("error", () => {});
      socket.on("close", () => {
        clearTimeout(silence);
        resolve();
      });
      socket.on("data", (chunk) => {
        const wrong = expected.receive(chunk);
        if (wrong !== null) this.#unreadable.push(wrong);
        if (expected.isEmpty || wrong !== null) socket.destroy();
      });
      void this.#burst(socket, expected).then(() => {
        // Nothing whole was sent: there is nothing to wait for.
        if (expected.isEmpty) setTimeout(() => socket.destroy(), INCOMPLETE_MS);
      });
    });
    this.#answered += expected.answered;
    socket.destroy();
  }

  async #burst(socket: Socket, expected: Expectations): Promise<void> {
    const frames = Array.from({ length: this.#dice.between(1, BURST_MAX) }, () => this.#frame());
    this.#sent += frames.length;
    const bytes = Buffer.concat(frames);
    expected.sent(bytes);
    if (!this.#dice.chance(SPLIT_SHARE)) {
      socket.write(bytes);
      return;
    }
    for (let from = 0; from < bytes.length; ) {
      const to = from + this.#dice.between(1, bytes.length);
      socket.write(bytes.subarray(from, to));
      from = to;
      await sleep(1);
    }
  }

  #frame(): Uint8Array {
    const isRecorded = this.#dice.chance(RECORDED_SHARE);
    if (isRecorded) this.#sentRecorded += 1;
    const frames = isRecorded ? this.#corpus.recorded : this.#corpus.generated;
    const frame = frames[this.#dice.below(frames.length)] ?? new Uint8Array(0);
    return this.#dice.chance(MUTATED_SHARE) ? mutate(frame, this.#dice) : frame;
  }
}
