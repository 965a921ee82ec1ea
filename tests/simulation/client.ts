/** A client of the wire protocol on a simulated host: frames, correlation ids, and a deadline for every answer. */
import type { Address, Cancellable, Environment, Socket } from "../../src/lib/environment.js";
import { decodeResponse, encodeRequest } from "../../src/protocol/frames/frame.js";
import type { Api, RequestToSend, ResponseReceived } from "../../src/protocol/schema/message.js";

const SIZE_BYTES = 4;
const READ_BUFFER_BYTES = 4 * 1024;

/** The broker closed the connection or fell silent: whether the request was carried out is unknown. */
export class ConnectionLost extends Error {
  constructor(why: string) {
    super(`connection lost: ${why}`);
    this.name = "ConnectionLost";
  }
}

/** Who sends requests, whatever broker they go to. */
export interface Client {
  readonly clientId: string;
  /** The same for each broker by itself. */
  readonly each: readonly Client[];
  /** Rejects with `ConnectionLost`. */
  request<A extends Api>(api: A, version: number, body: RequestToSend<A>): Promise<ResponseReceived<A>>;
  /** Sends a request that has no answer: a Produce with acks = 0. */
  sendOnly<A extends Api>(api: A, version: number, body: RequestToSend<A>): void;
  /** The next request goes over a new connection. */
  close(): void;
}

export class SimulatedClient implements Client {
  readonly clientId: string;
  readonly each: readonly Client[] = [this];
  readonly #environment: Environment;
  readonly #to: Address;
  readonly #answerMsMax: number;
  #connection: Connection | null = null;
  #lastCorrelationId = 0;

  constructor(environment: Environment, to: Address, clientId: string, answerMsMax = 40_000) {
    this.#environment = environment;
    this.#to = to;
    this.clientId = clientId;
    this.#answerMsMax = answerMsMax;
  }

  /** Sends a request, over a new connection if the last one is lost. Rejects with `ConnectionLost`. */
  async request<A extends Api>(api: A, version: number, body: RequestToSend<A>): Promise<ResponseReceived<A>> {
    const { connection, correlationId } = this.#send(api, version, body);
    const response = decodeResponse(api, version, await connection.answerTo(correlationId));
    if (!response.ok) throw new Error(`${this.clientId} got an answer that it cannot read: ${response.malformed}`);
    const { value } = response;
    if (value.correlationId !== correlationId) throw new Error(`${this.clientId} got the answer to another request`);
    return value.body;
  }

  sendOnly<A extends Api>(api: A, version: number, body: RequestToSend<A>): void {
    this.#send(api, version, body);
  }

  close(): void {
    this.#connection?.close();
    this.#connection = null;
  }

  #send<A extends Api>(api: A, version: number, body: RequestToSend<A>) {
    if (this.#connection === null || this.#connection.isLost) {
      const socket = this.#environment.network.connect(this.#to, null);
      this.#connection = new Connection(socket, this.#environment, this.#answerMsMax);
    }
    const connection = this.#connection;
    const correlationId = ++this.#lastCorrelationId;
    connection.send(encodeRequest(api, version, correlationId, this.clientId, body).chunks);
    return { connection, correlationId };
  }
}

interface Waiting {
  readonly resolve: (frame: Buffer) => void;
  readonly reject: (why: ConnectionLost) => void;
  readonly deadline: Cancellable;
}

class Connection {
  isLost = false;
  readonly #socket: Socket;
  readonly #environment: Environment;
  readonly #answerMsMax: number;
  readonly #waiting: Waiting[] = [];
  #received: Buffer = Buffer.alloc(0);

  constructor(socket: Socket, environment: Environment, answerMsMax: number) {
    this.#socket = socket;
    this.#environment = environment;
    this.#answerMsMax = answerMsMax;
    const buffer = Buffer.alloc(READ_BUFFER_BYTES);
    socket.onClose((why) => this.#lost(why));
    socket.receive(
      () => buffer,
      (bytes) => this.#arrived(buffer.subarray(0, bytes)),
    );
  }

  send(chunks: readonly Uint8Array[]): void {
    this.#socket.send(chunks, () => {});
  }

  answerTo(correlationId: number): Promise<Buffer> {
    const { wire } = this.#environment;
    return new Promise((resolve, reject) => {
      const silent = (): void => {
        this.close();
        this.#lost(`no answer to request ${correlationId} in ${this.#answerMsMax} ms`);
      };
      const deadline = wire.at(wire.monotonicMs() + this.#answerMsMax, silent);
      this.#waiting.push({ resolve, reject, deadline });
    });
  }

  close(): void {
    this.#socket.close();
  }

  /** The broker answers in order. */
  #arrived(bytes: Buffer): void {
    this.#received = Buffer.concat([this.#received, bytes]);
    while (this.#received.length >= SIZE_BYTES) {
      const end = SIZE_BYTES + this.#received.readInt32BE(0);
      if (this.#received.length < end) return;
      const waiting = this.#waiting.shift();
      if (waiting === undefined) throw new Error("the broker answers what nobody asked");
      waiting.deadline.cancel();
      waiting.resolve(this.#received.subarray(SIZE_BYTES, end));
      this.#received = this.#received.subarray(end);
    }
  }

  #lost(why: string): void {
    this.isLost = true;
    for (const { reject, deadline } of this.#waiting.splice(0)) {
      deadline.cancel();
      reject(new ConnectionLost(why));
    }
  }
}
