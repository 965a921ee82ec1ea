/** For tests: another broker, of which only the connections are real; what it answers is up to the test. */
import type { Address, Environment, Listening, Socket } from "../../lib/environment.js";
import { invariant } from "../../lib/invariant.js";
import { encodeResponse } from "../../protocol/frames/frame.js";
import { FrameCutter } from "../../protocol/frames/frame-cutter.js";
import { FrameMemory } from "../../protocol/frames/frame-memory.js";
import { decodeRequestFrame, type RequestHeader } from "../../protocol/frames/header.js";
import { ApiVersions } from "../../protocol/messages/18-api-versions.js";
import type { Api, ResponseOf } from "../../protocol/schema/message.js";

const REQUEST_BYTES_MAX = 1_000_000;

export class FarBroker {
  /** The headers of what was asked, without the greetings; and how often somebody connected. */
  readonly asked: RequestHeader[] = [];
  connections = 0;
  /** The versions that it serves, by API. */
  readonly versions: readonly { readonly api: Api; readonly from: number; readonly to: number }[];
  /** Answers a request; or does not. */
  answer: (header: RequestHeader, socket: Socket) => void = () => {};
  #listening: Listening | null = null;
  #sockets: Socket[] = [];

  constructor(versions: FarBroker["versions"]) {
    this.versions = versions;
  }

  async start({ network }: Pick<Environment, "network">, at: Address): Promise<void> {
    this.#listening = await network.listen(at, null, (socket) => this.#accept(socket));
  }

  async stop(): Promise<void> {
    await this.#listening?.close();
    for (const socket of this.#sockets.splice(0)) socket.close();
  }

  send<A extends Api>(socket: Socket, api: A, { apiVersion, correlationId }: RequestHeader, body: ResponseOf<A>): void {
    socket.send(encodeResponse(api, apiVersion, correlationId, body).chunks, () => {});
  }

  #accept(socket: Socket): void {
    this.connections++;
    this.#sockets.push(socket);
    const cutter = new FrameCutter({
      scratch: Buffer.alloc(1_000),
      maxFrameBytes: REQUEST_BYTES_MAX,
      memory: new FrameMemory(REQUEST_BYTES_MAX),
      onFrame: ({ bytes }) => this.#received(bytes, socket),
      onGranted: () => {},
    });
    socket.receive(
      () => cutter.into(),
      (bytes) => cutter.received(bytes),
    );
  }

  #received(frame: Buffer, socket: Socket): void {
    const decoded = decodeRequestFrame(frame);
    invariant(decoded.ok, "a request can be read");
    const { header } = decoded.value;
    if (header.apiKey === ApiVersions.key) {
      const apiKeys = this.versions.map(({ api, from, to }) => ({ apiKey: api.key, minVersion: from, maxVersion: to }));
      this.send(socket, ApiVersions, header, { errorCode: 0, apiKeys });
      return;
    }
    this.asked.push(header);
    this.answer(header, socket);
  }
}
