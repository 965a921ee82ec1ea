/** What a connection may be answered: the bytes that were sent to it, read as the broker reads them. */
import { decodeResponse } from "../../src/protocol/frames/frame.js";
import { ApiVersions } from "../../src/protocol/messages/18-api-versions.js";
import { apiByKey } from "../../src/protocol/messages/index.js";
import { includes, parseVersions } from "../../src/protocol/schema/versions.js";

const SIZE_BYTES = 4;
const HEADER_BYTES = 8;

interface Asked {
  readonly apiKey: number;
  readonly version: number;
  readonly correlationId: number;
}

export class Expectations {
  #asked: Asked[] = [];
  #received: Buffer = Buffer.alloc(0);
  answered = 0;

  get isEmpty(): boolean {
    return this.#asked.length === 0;
  }

  /** All that is sent on the connection, in one piece. */
  sent(bytes: Buffer): void {
    let at = 0;
    while (at + SIZE_BYTES + HEADER_BYTES <= bytes.length) {
      const size = bytes.readInt32BE(at);
      if (size < HEADER_BYTES || at + SIZE_BYTES + size > bytes.length) return;
      const header = bytes.subarray(at + SIZE_BYTES);
      const [apiKey, version] = [header.readInt16BE(0), header.readInt16BE(2)];
      this.#asked.push({ apiKey, version, correlationId: header.readInt32BE(4) });
      at += SIZE_BYTES + size;
    }
  }

  /** Null, or what is wrong with an answer. */
  receive(chunk: Buffer): string | null {
    this.#received = Buffer.concat([this.#received, chunk]);
    while (this.#received.length >= SIZE_BYTES) {
      const end = SIZE_BYTES + this.#received.readInt32BE(0);
      if (this.#received.length < end) return null;
      const wrong = this.#answer(this.#received.subarray(SIZE_BYTES, end));
      this.#received = this.#received.subarray(end);
      if (wrong !== null) return wrong;
      this.answered += 1;
    }
    return null;
  }

  /** Answers come in order; a Produce with acks = 0 has none. */
  #answer(frame: Buffer): string | null {
    const correlationId = frame.readInt32BE(0);
    const at = this.#asked.findIndex((asked) => asked.correlationId === correlationId);
    const asked = this.#asked[at];
    if (asked === undefined) return `an answer to nothing that was asked: ${frame.toString("hex").slice(0, 200)}`;
    this.#asked = this.#asked.slice(at + 1);
    const api = apiByKey.get(asked.apiKey);
    if (api === undefined) return `an answer of API ${asked.apiKey}, which is not declared`;
    // An ApiVersions that is too new is answered in version 0; nothing else that is not declared is answered.
    const isDeclared = includes(parseVersions(api.versions), asked.version);
    if (!isDeclared && api.key !== ApiVersions.key) return `${api.name} ${asked.version} was answered`;
    const response = decodeResponse(api, isDeclared ? asked.version : 0, frame);
    if (response.ok) return null;
    return `${api.name} ${asked.version}: ${response.malformed} in ${frame.toString("hex").slice(0, 400)}`;
  }
}
