/** A connection to a broker that records what is asked and what is answered. */
import { setTimeout as sleep } from "node:timers/promises";
import { decodeResponse } from "../../src/protocol/frames/frame.js";
import type { Api, RequestToSend, ResponseReceived } from "../../src/protocol/schema/message.js";
import { NoAnswer, WireClient } from "../support/wire-client.js";
import type { Connection } from "./scenario.js";

/** Enough for the slowest start of a coordinator on a busy machine. */
const TRIES_MS_MAX = 20_000;
const BETWEEN_TRIES_MS = 50;

export interface Exchange {
  /** What was asked, in a few words. */
  readonly title: string;
  readonly api: Api;
  readonly version: number;
  readonly request: unknown;
  /** The decoded answer, or in words why there is none. */
  answer: { readonly body: unknown } | { readonly none: string };
}

export interface ConnectionOptions {
  readonly host: string;
  readonly port: number;
  readonly clientId: string;
  /** Who is asked, where there are several; titles end with it. */
  readonly whom?: string;
}

export class RecordingConnection implements Connection {
  readonly #client: WireClient;
  readonly #exchanges: Exchange[];
  readonly #whom: string | null;

  private constructor(client: WireClient, exchanges: Exchange[], whom: string | null) {
    this.#client = client;
    this.#exchanges = exchanges;
    this.#whom = whom;
  }

  /** What is exchanged is added to `exchanges`. */
  static async connect(exchanges: Exchange[], options: ConnectionOptions): Promise<RecordingConnection> {
    return new RecordingConnection(await WireClient.connect(options), exchanges, options.whom ?? null);
  }

  async send<A extends Api>(api: A, version: number, body: RequestToSend<A>): Promise<ResponseReceived<A>> {
    return this.#recorded(`${api.name} ${version}`, api, version, body, () => this.ask(api, version, body));
  }

  async sendUntil<A extends Api>(
    api: A,
    version: number,
    body: RequestToSend<A>,
    wanted: (answer: ResponseReceived<A>) => boolean,
  ): Promise<ResponseReceived<A>> {
    const title = `${api.name} ${version}, when it has settled`;
    return this.#recorded(title, api, version, body, () => this.askUntil(api, version, body, wanted));
  }

  sendOnly<A extends Api>(api: A, version: number, body: RequestToSend<A>): void {
    this.#client.sendOnly(api, version, body);
  }

  async sendFrame(what: string, frame: Uint8Array, { api, version }: { api: Api; version: number }): Promise<void> {
    this.#client.sendBytes(frame);
    const answer = this.#recorded(what, api, version, null, async () => {
      const response = decodeResponse(api, version, await this.#client.nextFrame());
      if (!response.ok) throw new NoAnswer(`unreadable: ${response.malformed}`);
      return response.value.body;
    });
    // A closed connection is an outcome as good as any; it is recorded.
    await answer.catch(() => {});
  }

  close(): void {
    this.#client.close();
  }

  get isClosed(): boolean {
    return this.#client.isClosed;
  }

  /** Not recorded. */
  ask<A extends Api>(api: A, version: number, body: RequestToSend<A>): Promise<ResponseReceived<A>> {
    return this.#client.request(api, version, body);
  }

  /** Not recorded. */
  async askUntil<A extends Api>(
    api: A,
    version: number,
    body: RequestToSend<A>,
    wanted: (answer: ResponseReceived<A>) => boolean,
  ): Promise<ResponseReceived<A>> {
    const deadlineMs = performance.now() + TRIES_MS_MAX;
    for (;;) {
      const answer = await this.ask(api, version, body);
      if (wanted(answer) || performance.now() > deadlineMs) return answer;
      await sleep(BETWEEN_TRIES_MS);
    }
  }

  /** The place of an exchange is where it was sent, also when answers overtake each other on two connections. */
  async #recorded<T>(what: string, api: Api, version: number, request: unknown, ask: () => Promise<T>): Promise<T> {
    const title = this.#whom === null ? what : `${what} at ${this.#whom}`;
    const exchange: Exchange = { title, api, version, request, answer: { none: "nothing was awaited" } };
    this.#exchanges.push(exchange);
    try {
      const body = await ask();
      exchange.answer = { body };
      return body;
    } catch (error) {
      if (error instanceof NoAnswer) exchange.answer = { none: error.message };
      throw error;
    }
  }
}
