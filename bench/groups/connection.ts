/**
 * The load's side of a connection: frames out, frames in, in order. It has no timers and keeps nothing that it does not
 * need, so that what is measured is the broker, and it is the same for both brokers.
 */
import { connect, type Socket } from "node:net";
import { decodeResponse, encodeRequest } from "../../src/protocol/frames/frame.js";
import type { Api, RequestToSend, ResponseReceived } from "../../src/protocol/schema/message.js";

const SIZE_BYTES = 4;
const CLIENT_ID = "bench";
/** A broker may keep only so many connections waiting to be accepted. */
const CONNECTS_AT_ONCE = 25;

interface Waiting {
  resolve(frame: Buffer): void;
  reject(why: Error): void;
}

export class Connection {
  readonly #socket: Socket;
  readonly #waiting: Waiting[] = [];
  #rest: Buffer = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (chunk) => this.#receive(chunk));
    // A reset is a way to close; `close` follows.
    socket.on("error", () => {});
    socket.on("close", () => {
      for (const { reject } of this.#waiting.splice(0)) reject(new Error("the broker closed a connection"));
    });
  }

  static connect(port: number): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, "127.0.0.1");
      socket.once("error", reject);
      socket.once("connect", () => {
        socket.removeListener("error", reject);
        resolve(new Connection(socket));
      });
    });
  }

  static async connectMany(port: number, count: number): Promise<Connection[]> {
    const connections: Connection[] = [];
    while (connections.length < count) {
      const wave = Math.min(CONNECTS_AT_ONCE, count - connections.length);
      connections.push(...(await Promise.all(Array.from({ length: wave }, () => Connection.connect(port)))));
    }
    return connections;
  }

  /** Sends a request and gives its answer. */
  async call<A extends Api>(api: A, version: number, body: RequestToSend<A>): Promise<ResponseReceived<A>> {
    return answerIn(api, version, await this.#send(requestFrame(api, version, body)));
  }

  /**
   * Sends the same bytes again and again, as long as it shall go on. `check` sees the first answer; the others must be the
   * same bytes, so that the load costs next to nothing.
   */
  async repeat<A extends Api>(
    api: A,
    version: number,
    body: RequestToSend<A>,
    check: (answer: ResponseReceived<A>) => void,
    goesOn: () => boolean,
  ): Promise<void> {
    const frame = requestFrame(api, version, body);
    const good = await this.#send(frame);
    check(answerIn(api, version, good));
    while (goesOn()) {
      const answer = await this.#send(frame);
      if (!answer.equals(good)) throw new Error(`an answer is not the one before: ${answer.toString("hex")}`);
    }
  }

  /** The request with its bytes ready, to be sent as often as it is called. */
  prepared<A extends Api>(api: A, version: number, body: RequestToSend<A>): () => Promise<ResponseReceived<A>> {
    const frame = requestFrame(api, version, body);
    return async () => answerIn(api, version, await this.#send(frame));
  }

  /** Sends a whole request and gives the frame of its answer. */
  #send(frame: Uint8Array): Promise<Buffer> {
    this.#socket.write(frame);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    let rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    while (rest.length >= SIZE_BYTES) {
      const end = SIZE_BYTES + rest.readInt32BE(0);
      if (rest.length < end) break;
      this.#waiting.shift()?.resolve(rest.subarray(SIZE_BYTES, end));
      rest = rest.subarray(end);
    }
    this.#rest = rest;
  }
}

/** The answers of a connection come in order, so its requests need no numbers. */
function requestFrame<A extends Api>(api: A, version: number, body: RequestToSend<A>): Uint8Array {
  return Buffer.concat(encodeRequest(api, version, 0, CLIENT_ID, body).chunks);
}

function answerIn<A extends Api>(api: A, version: number, frame: Uint8Array): ResponseReceived<A> {
  const response = decodeResponse(api, version, frame);
  if (!response.ok) throw new Error(`an answer is unreadable: ${response.malformed}`);
  return response.value.body;
}
