import { describe, expect, test } from "vitest";
import { decodeResponse, encodeRequest, encodeResponse } from "../../src/protocol/frames/frame.js";
import { decodeRequestFrame } from "../../src/protocol/frames/header.js";
import { apiByKey } from "../../src/protocol/messages/index.js";
import { decode } from "../../src/protocol/schema/codec.js";
import { readSession, recordedNames } from "./recorded-session.js";

const SIZE_BYTES = 4;

describe.each(recordedNames)("what was recorded of %s", (name) => {
  const asked = readSession(name).frames.flatMap(({ connection, direction, bytes }) => {
    if (direction === "answer") return [];
    const frame = decodeRequestFrame(bytes);
    if (!frame.ok) throw new Error(frame.malformed);
    return frame.value.api === null ? [] : [{ connection, bytes, ...frame.value, api: frame.value.api }];
  });

  test("each request is read and written again to the same bytes", () => {
    for (const { api, header, body, bytes } of asked) {
      const { apiVersion, correlationId, clientId } = header;
      const request = decode(api.request, apiVersion, body);
      if (!request.ok) throw new Error(request.malformed);
      const { chunks } = encodeRequest(api, apiVersion, correlationId, clientId, request.value);
      expect(withoutSize(chunks), `${api.name} ${apiVersion}`).toBe(Buffer.from(bytes).toString("hex"));
    }
  });

  test("each answer of Apache Kafka is read and written again to the same bytes", () => {
    const questions = new Map(asked.map((one) => [`${one.connection} ${one.header.correlationId}`, one]));
    for (const { connection, direction, bytes } of readSession(name).frames) {
      const of = questions.get(`${connection} ${Buffer.from(bytes).readInt32BE(0)}`);
      if (direction === "request" || of === undefined) continue;
      const { api, header } = of;
      const answer = decodeResponse(api, header.apiVersion, bytes);
      if (!answer.ok) throw new Error(answer.malformed);
      const { chunks } = encodeResponse(api, header.apiVersion, header.correlationId, answer.value.body);
      expect(withoutSize(chunks), `${api.name} ${header.apiVersion}`).toBe(Buffer.from(bytes).toString("hex"));
    }
  });

  test("a name stands in front, and every request that was answered is of an API that is declared", () => {
    expect(readSession(name).client).toMatch(/^\S+ v?\d/);
    expect(asked.every(({ header }) => apiByKey.has(header.apiKey))).toBe(true);
  });
});

/** An encoder writes the size in front. */
function withoutSize(chunks: readonly Uint8Array[]): string {
  return Buffer.concat(chunks).subarray(SIZE_BYTES).toString("hex");
}
