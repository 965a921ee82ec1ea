import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Fetch } from "../messages/01-fetch.js";
import { ListOffsets } from "../messages/02-list-offsets.js";
import { Metadata } from "../messages/03-metadata.js";
import { ApiVersions } from "../messages/18-api-versions.js";
import { decode } from "../schema/codec.js";
import { ZERO_UUID } from "../wire/zero-uuid.js";
import { decodeResponse, type EncodedFrame, encodeRequest, encodeResponse, encodeResponseWithin } from "./frame.js";
import { decodeRequestFrame } from "./header.js";

function hexOf({ chunks, byteLength }: EncodedFrame): string {
  const frame = Buffer.concat(chunks);
  expect(frame.length).toBe(byteLength);
  expect(frame.readInt32BE(0)).toBe(byteLength - 4);
  return frame.toString("hex");
}

function bodyOf(hex: string): Buffer {
  return Buffer.from(hex, "hex");
}

describe("requests", () => {
  test("have an old header before they are flexible, and one with tagged fields from then on", () => {
    const old = encodeRequest(ApiVersions, 2, 7, "me", {});
    const flexible = encodeRequest(ApiVersions, 3, 7, null, { clientSoftwareName: "a", clientSoftwareVersion: "1" });
    expect(hexOf(old)).toBe("0000000c" + "0012" + "0002" + "00000007" + "00026d65");
    expect(hexOf(flexible)).toBe("00000010" + "0012" + "0003" + "00000007" + "ffff" + "00" + "0261" + "0231" + "00");
  });

  test("are read back", () => {
    const body = { topics: [{ name: "t" }], allowAutoTopicCreation: true };
    const frame = Buffer.concat(encodeRequest(Metadata, 9, -1, "client", body).chunks).subarray(4);
    const decoded = decodeRequestFrame(frame);
    if (!decoded.ok) throw new Error(decoded.malformed);
    expect(decoded.value.header).toEqual({ apiKey: 3, apiVersion: 9, correlationId: -1, clientId: "client" });
    expect(decoded.value.api).toBe(Metadata);
    expect(decode(Metadata.request, 9, decoded.value.body)).toMatchObject({
      ok: true,
      value: { topics: [{ name: "t" }] },
    });
  });

  test("of an unknown API or version still name client and correlation id", () => {
    const header = { correlationId: 7, clientId: "me" };
    expect(decodeRequestFrame(bodyOf("0fff" + "0000" + "00000007" + "00026d65" + "0102"))).toEqual({
      ok: true,
      value: { header: { apiKey: 4095, apiVersion: 0, ...header }, api: null, body: Buffer.from([1, 2]) },
    });
    expect(decodeRequestFrame(bodyOf("0012" + "0063" + "00000007" + "00026d65"))).toMatchObject({
      ok: true,
      value: { header: { apiKey: 18, apiVersion: 99, ...header }, api: null },
    });
  });

  test("of arbitrary bytes never crash the reader", () => {
    const check = (bytes: Uint8Array) => {
      const decoded = decodeRequestFrame(bytes);
      if (decoded.ok) expect(decoded.value.body.length).toBeLessThanOrEqual(bytes.length);
      else expect(decoded.malformed).toMatch(/^request header: /);
    };
    const known = fc.tuple(fc.nat(92), fc.nat(20), fc.uint8Array({ maxLength: 40 }));
    const plausible = known.map(([key, version, rest]) => Uint8Array.of(0, key, 0, version, ...rest));
    fc.assert(fc.property(fc.oneof(fc.uint8Array(), plausible), check), { seed: 20261121, numRuns: 1000 });
  });
});

describe("responses", () => {
  test("of ApiVersions keep the old header", () => {
    const frame = encodeResponse(ApiVersions, 3, 7, { errorCode: 0, apiKeys: [] });
    expect(hexOf(frame)).toBe("0000000c" + "00000007" + "0000" + "01" + "00000000" + "00");
  });

  test("are read back at every version", () => {
    const partition = { partitionIndex: 1, errorCode: 0, oldStyleOffsets: [], timestamp: 5, offset: 6, leaderEpoch: 7 };
    for (let version = 1; version <= 11; version++) {
      const body = { topics: [{ name: "t", partitions: [partition] }] };
      const frame = Buffer.concat(encodeResponse(ListOffsets, version, 42, body).chunks).subarray(4);
      const leaderEpoch = version < 4 ? -1 : 7;
      expect(decodeResponse(ListOffsets, version, frame)).toEqual({
        ok: true,
        value: {
          correlationId: 42,
          body: { throttleTimeMs: 0, topics: [{ name: "t", partitions: [{ ...partition, leaderEpoch }] }] },
        },
      });
    }
  });

  test("that were cut short are malformed", () => {
    expect(decodeResponse(ApiVersions, 0, bodyOf("00000007" + "00"))).toEqual({
      ok: false,
      malformed: "ApiVersionsResponse version 0: 2 bytes wanted and 1 left, at byte 4 of 5",
    });
  });
});

describe("a response that must not become too large", () => {
  const apiKeys = (count: number) =>
    Array.from({ length: count }, (_, apiKey) => ({ apiKey, minVersion: 0, maxVersion: 0 }));

  test("is written as any other while it is not", () => {
    const body = { errorCode: 0, apiKeys: apiKeys(1_000) };
    const frame = encodeResponseWithin(10_000, ApiVersions, 0, 7, body);
    expect(frame && hexOf(frame)).toBe(hexOf(encodeResponse(ApiVersions, 0, 7, body)));
  });

  test("is none when it is", () => {
    expect(encodeResponseWithin(10_000, ApiVersions, 0, 7, { errorCode: 0, apiKeys: apiKeys(2_000) })).toBeNull();
  });

  test("may lend as many records as it likes", () => {
    const records = Buffer.alloc(20_000);
    const partitions = Array.from({ length: 10 }, (_, partitionIndex) => ({
      ...{ partitionIndex, errorCode: 0, highWatermark: 0, abortedTransactions: null, records },
    }));
    const responses = [{ topic: "orders", topicId: ZERO_UUID, partitions }];
    expect(encodeResponseWithin(10_000, Fetch, 4, 7, { errorCode: 0, responses })?.byteLength).toBeGreaterThan(200_000);
  });
});
