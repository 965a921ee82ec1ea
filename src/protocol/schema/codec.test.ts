import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RequestHeader, ResponseHeader } from "../messages/headers.js";
import { apis } from "../messages/index.js";
import { decoding } from "../wire/malformed.js";
import { Reader } from "../wire/reader.js";
import { Writer } from "../wire/writer.js";
import { arbitraryOf } from "./arbitrary.test-data.js";
import { decode, encodeMessage } from "./codec.js";
import { interpretDecode, interpretEncode } from "./interpret.js";
import { layoutOf } from "./layout.js";
import type { Message } from "./message.js";
import { parseVersions } from "./versions.js";

const messages: readonly Message[] = [
  ...apis.flatMap(({ request, response }): Message[] => [request, response]),
  RequestHeader,
  ResponseHeader,
];
const runs = { seed: 20261121, numRuns: 12 };

describe.each(messages.map((message) => [message.name, message] as const))("%s", (_, message) => {
  test("what was encoded decodes to itself, at every version", () => {
    for (const version of versionsOf(message)) {
      const check = (value: Record<string, unknown>) => {
        const decoded = decode(message, version, encodeMessage(message, version, value));
        expect(decoded).toEqual({ ok: true, value });
      };
      fc.assert(fc.property(arbitraryOf(layoutOf(message, version)), check), runs);
    }
  });

  test("the compiled encoder writes what the interpreter writes", () => {
    for (const version of versionsOf(message)) {
      const check = (value: Record<string, unknown>) => {
        expect(encodeMessage(message, version, value)).toEqual(interpreted(message, version, value));
      };
      fc.assert(fc.property(arbitraryOf(layoutOf(message, version)), check), runs);
    }
  });

  test("a message that was cut short is malformed", () => {
    for (const version of versionsOf(message)) {
      const check = (value: Record<string, unknown>, at: number) => {
        const bytes = encodeMessage(message, version, value);
        if (bytes.length === 0) return;
        expect(decode(message, version, bytes.subarray(0, at % bytes.length)).ok).toBe(false);
      };
      fc.assert(fc.property(arbitraryOf(layoutOf(message, version)), fc.nat(), check), runs);
    }
  });

  test("of arbitrary bytes, the compiled decoder makes what the interpreter makes, and no more than was there", () => {
    for (const version of versionsOf(message)) {
      const check = (bytes: Uint8Array) => {
        const decoded = decode(message, version, bytes);
        expect(decoded).toEqual(decodedByInterpreter(message, version, bytes));
        if (decoded.ok) expect(elementsIn(decoded.value)).toBeLessThanOrEqual(bytes.length);
      };
      fc.assert(fc.property(spoiled(message, version), check), runs);
    }
  });
});

function versionsOf(message: Message): number[] {
  const { first, last } = parseVersions(message.versions);
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

function interpreted(message: Message, version: number, value: unknown): Buffer {
  const writer = new Writer();
  interpretEncode(layoutOf(message, version), writer, value, message.dropsUnplaced === true);
  return Buffer.concat(writer.chunks());
}

function decodedByInterpreter(message: Message, version: number, bytes: Uint8Array): unknown {
  return decoding(`${message.name} version ${version}`, () =>
    interpretDecode(layoutOf(message, version), new Reader(bytes)),
  );
}

/** Random bytes, and valid messages in which a few bytes were replaced: these get further. */
function spoiled(message: Message, version: number): fc.Arbitrary<Uint8Array> {
  const hostile = fc.constantFrom([0x7f, 0xff, 0xff, 0xff], [0xff, 0xff, 0xff, 0xff, 0x0f], [0x80], [0xff], [0x00]);
  const replaced = fc.tuple(arbitraryOf(layoutOf(message, version)), fc.nat(), hostile).map(([value, at, bytes]) => {
    const message_ = Buffer.from(encodeMessage(message, version, value));
    message_.set(bytes.slice(0, message_.length), at % Math.max(1, message_.length - bytes.length));
    return message_;
  });
  return fc.oneof(fc.uint8Array({ maxLength: 300 }), replaced);
}

function elementsIn(value: unknown): number {
  if (value instanceof Uint8Array || value === null || typeof value !== "object") return 0;
  const inner = Object.values(value).reduce((sum: number, member) => sum + elementsIn(member), 0);
  return inner + (Array.isArray(value) ? value.length : 0);
}
