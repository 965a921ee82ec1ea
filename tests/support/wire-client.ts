/** A bare client of the wire protocol: frames, correlation ids, nothing more. It sends what it is told, wrong things too. */
import { connect, type Socket } from "node:net";
import { decodeResponse, encodeRequest } from "../../src/protocol/frames/frame.js";
import type { Api, RequestToSend, ResponseReceived } from "../../src/protocol/schema/message.js";

const SIZE_BYTES = 4;

export interface WireClientOptions {
  readonly host: string;
  readonly port: number;
  readonly clientId?: string | null;
  /** How long an answer may take. */
  readonly answerMsMax?: number;
}

/** The broker did not give the answer that the protocol promises: it closed, kept silent, or sent something unreadable. */
export class NoAnswer extends Error {
  constructor(why: string) {
    super(why);
    this.name = "NoAnswer";
  }
}

interface Waiting {
  resolve(frame: Buffer): void;
  reject(why: NoAnswer): void;
}

export class WireClient {
  readonly clientId: string | null;
  readonly #socket: Socket;
  readonly #answerMsMax: number;
  readonly #waiting: Waiting[] = [];
  readonly #arrived: Buffer[] = [];
  /** What has come of the frames that are not whole yet. */
  #received: Buffer[] = [];
  #receivedBytes = 0;
  /** More must come before a look is worth it: a large frame is joined once, not with each of its chunks. */
  #neededBytes = SIZE_BYTES;
  #closed = false;
  #lastCorrelationId = 0;

  private constructor(socket: Socket, options: WireClientOptions) {
    this.#socket = socket;
    this.clientId = options.clientId === undefined ? "wire-client" : options.clientId;
    this.#answerMsMax = options.answerMsMax ?? 15_000;
    socket.setNoDelay(true);
    socket.on("data", (chunk) => this.#receive(chunk));
    // A reset is a way to close; `close` follows.
    socket.on("error", () => {});
    socket.on("close", () => {
      this.#closed = true;
      for (const waiting of this.#waiting.splice(0)) waiting.reject(new NoAnswer("connection closed"));
    });
  }

  static connect(options: WireClientOptions): Promise<WireClient> {
    return new Promise((resolve, reject) => {
      const socket = connect(options.port, options.host);
      socket.once("error", reject);
      socket.once("connect", () => {
        socket.removeListener("error", reject);
        resolve(new WireClient(socket, options));
      });
    });
  }

  /** Sends a request and gives its answer. Several may be under way: the broker answers in order. */
  async request<A extends Api>(api: A, version: number, body: RequestToSend<A>): Promise<ResponseReceived<A>> {
    const correlationId = this.sendOnly(api, version, body);
    const frame = await this.nextFrame();
    const response = decodeResponse(api, version, frame);
    if (!response.ok) throw new NoAnswer(`unreadable: ${response.malformed}`);
    if (response.value.correlationId !== correlationId) {
      throw new NoAnswer(`the answer to another request: ${response.value.correlationId}, not ${correlationId}`);
    }
    return response.value.body;
  }

  /** Sends a request that has no answer, such as a Produce with acks = 0. Gives its correlation id. */
  sendOnly<A extends Api>(api: A, version: number, body: RequestToSend<A>): number {
    this.#lastCorrelationId += 1;
    const { chunks } = encodeRequest(api, version, this.#lastCorrelationId, this.clientId, body);
    this.sendBytes(Buffer.concat(chunks));
    return this.#lastCorrelationId;
  }

  sendBytes(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** The next frame, without its size. */
  nextFrame(): Promise<Buffer> {
    const arrived = this.#arrived.shift();
    if (arrived !== undefined) return Promise.resolve(arrived);
    if (this.#closed) return Promise.reject(new NoAnswer("connection closed"));
    return new Promise((resolve, reject) => {
      const silent = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(new NoAnswer(`no answer in ${this.#answerMsMax} ms`));
      };
      const timer = setTimeout(silent, this.#answerMsMax);
      const waiting: Waiting = {
        resolve: (frame) => {
          clearTimeout(timer);
          resolve(frame);
        },
        reject: (why) => {
          clearTimeout(timer);
          reject(why);
        },
      };
      this.#waiting.push(waiting);
    });
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    this.#received.push(chunk);
    this.#receivedBytes += chunk.length;
    if (this.#receivedBytes < this.#neededBytes) return;
    let rest = this.#received.length === 1 ? chunk : Buffer.concat(this.#received);
    this.#neededBytes = SIZE_BYTES;
    while (rest.length >= SIZE_BYTES) {
      const end = SIZE_BYTES + rest.readInt32BE(0);
      this.#neededBytes = end;
      if (rest.length < end) break;
      this.#deliver(rest.subarray(SIZE_BYTES, end));
      rest = rest.subarray(end);
      this.#neededBytes = SIZE_BYTES;
    }
    this.#received = [rest];
    this.#receivedBytes = rest.length;
  }

  #deliver(frame: Buffer): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#arrived.push(frame);
    else waiting.resolve(frame);
  }
}
