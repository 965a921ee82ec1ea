import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RequestHeader, ResponseHeader } from "../messages/headers.js";
import { apis } from "../messages/index.js";
import { decoding } from "../wire/malformed.js";
import { Reader } from "../wire/reader.js";
import { Writer } from "../wire/writer.js";
import { arbitraryOf } from "./arbitrary.test-data.js";
import { decode, encodeMessage } from "./codec.js";
import {
  array,
  bool,
  bytes,
  float64,
  int8,
  int16,
  int32,
  int64,
  offset,
  records,
  string,
  struct,
  uint16,
  uint32,
  uuid,
} from "./fields.js";
import { interpretDecode, interpretEncode } from "./interpret.js";
import { layoutOf } from "./layout.js";
import { type Message, message } from "./message.js";
import { parseVersions } from "./versions.js";

/** Some kinds of fields occur in few messages or none yet. */
const EveryKind = message({
  name: "EveryKind",
  versions: "0-1",
  flexible: "1+",
  fields: {
    bool: bool(),
    int8: int8(),
    int16: int16(),
    uint16: uint16(),
    int32: int32(),
    uint32: uint32(),
    int64: int64(),
    offset: offset(),
    float64: float64(),
    string: string({ nullable: "0+" }),
    uuid: uuid(),
    bytes: bytes({ nullable: "0+" }),
    records: records({ nullable: "0+" }),
    struct: struct({ id: int32(), texts: array(string()) }, { nullable: "0+" }),
    structs: array({ id: uint16() }, { nullable: "0+" }),
    tagged: struct({ id: int32(), ids: array(uuid()) }, { nullable: "1+", tag: 1, taggedVersions: "1+" }),
  },
});

const messages: readonly Message[] = [
  EveryKind,
  ...apis.flatMap(({ request, response }): Message[] => [request, response]),
  RequestHeader,
  ResponseHeader,
];
const runs = { seed: 20261121, numRuns: 12 };

describe.each(messages.map((declared) => [declared.name, declared] as const))("%s", (_, declared) => {
  test("what was encoded decodes to itself, at every version", () => {
    for (const version of versionsOf(declared)) {
      const check = (value: Record<string, unknown>) => {
        const decoded = decode(declared, version, encodeMessage(declared, version, value));
        expect(decoded).toEqual({ ok: true, value });
      };
      fc.assert(fc.property(arbitraryOf(layoutOf(declared, version)), check), runs);
    }
  });

  test("the compiled encoder writes what the interpreter writes", () => {
    for (const version of versionsOf(declared)) {
      const check = (value: Record<string, unknown>) => {
        expect(encodeMessage(declared, version, value)).toEqual(interpreted(declared, version, value));
      };
      fc.assert(fc.property(arbitraryOf(layoutOf(declared, version)), check), runs);
    }
  });

  test("a message that was cut short is malformed", () => {
    for (const version of versionsOf(declared)) {
      const check = (value: Record<string, unknown>, at: number) => {
        const bytes = encodeMessage(declared, version, value);
        if (bytes.length === 0) return;
        expect(decode(declared, version, bytes.subarray(0, at % bytes.length)).ok).toBe(false);
      };
      fc.assert(fc.property(arbitraryOf(layoutOf(declared, version)), fc.nat(), check), runs);
    }
  });

  test("of arbitrary bytes, the compiled decoder makes what the interpreter makes, and no more than was there", () => {
    for (const version of versionsOf(declared)) {
      const check = (bytes: Uint8Array) => {
        const decoded = decode(declared, version, bytes);
        expect(decoded).toEqual(decodedByInterpreter(declared, version, bytes));
        if (decoded.ok) expect(elementsIn(decoded.value)).toBeLessThanOrEqual(bytes.length);
      };
      fc.assert(fc.property(spoiled(declared, version), check), runs);
    }
  });
});

function versionsOf(declared: Message): number[] {
  const { first, last } = parseVersions(declared.versions);
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

function interpreted(declared: Message, version: number, value: unknown): Buffer {
  const writer = new Writer();
  interpretEncode(layoutOf(declared, version), writer, value, declared.dropsUnplaced === true);
  return Buffer.concat(writer.chunks());
}

function decodedByInterpreter(declared: Message, version: number, bytes: Uint8Array): unknown {
  return decoding(
    () => `${declared.name} version ${version}`,
    () => interpretDecode(layoutOf(declared, version), new Reader(bytes)),
  );
}

/** Random bytes, and valid messages in which a few bytes were replaced: these get further. */
function spoiled(declared: Message, version: number): fc.Arbitrary<Uint8Array> {
  const hostile = fc.constantFrom([0x7f, 0xff, 0xff, 0xff], [0xff, 0xff, 0xff, 0xff, 0x0f], [0x80], [0xff], [0x00]);
  const replaced = fc.tuple(arbitraryOf(layoutOf(declared, version)), fc.nat(), hostile).map(([value, at, bytes]) => {
    const spoilt = Buffer.from(encodeMessage(declared, version, value));
    spoilt.set(bytes.slice(0, spoilt.length), at % Math.max(1, spoilt.length - bytes.length));
    return spoilt;
  });
  return fc.oneof(fc.uint8Array({ maxLength: 300 }), replaced);
}

function elementsIn(value: unknown): number {
  if (value instanceof Uint8Array || value === null || typeof value !== "object") return 0;
  const inner = Object.values(value).reduce((sum: number, member) => sum + elementsIn(member), 0);
  return inner + (Array.isArray(value) ? value.length : 0);
}
