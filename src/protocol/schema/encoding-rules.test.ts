/** What an encoder does where value and version do not agree. */
import { describe, expect, test } from "vitest";
import { decode, encodeMessage } from "./codec.js";
import { array, int32, int64, string, struct, uuid } from "./fields.js";
import { api, type Message, message } from "./message.js";

const fields = {
  name: string({ versions: "0-1", default: "" }),
  rack: string({ versions: "1+", nullable: "2+", default: null, ignorable: true }),
  owner: struct({ id: int32({ default: -1 }) }, { versions: "1+", nullable: "2+", tag: 3, taggedVersions: "2+" }),
  marks: array(int32(), { versions: "2+", tag: 0 }),
} as const;
const strict = message({ name: "Strict", versions: "0-2", flexible: "2+", fields });
const { response: lenient } = api({
  key: 0,
  name: "Lenient",
  versions: "0-2",
  flexible: "2+",
  request: {},
  response: fields,
});

function hex<M extends Message>(declared: M, version: number, value: Parameters<typeof encodeMessage<M>>[2]): string {
  return Buffer.from(encodeMessage(declared, version, value)).toString("hex");
}

describe("a field that the version has no place for", () => {
  test("is a bug in a request or a record", () => {
    expect(() => hex(strict, 2, { name: "x" })).toThrow("Invariant broken: name is set");
    expect(() => hex(strict, 0, { marks: [1] })).toThrow("Invariant broken: marks is set");
  });

  test("is left out of a response", () => {
    expect(hex(lenient, 0, { name: "x", marks: [1] })).toBe("000178");
  });

  test("is left out where it is ignorable, and where it holds its default", () => {
    expect(hex(strict, 0, { name: "x", rack: "r", owner: { id: -1 }, marks: [] })).toBe("000178");
  });
});

describe("null where the version cannot say it", () => {
  test("is a bug in a request or a record", () => {
    expect(() => hex(strict, 1, {})).toThrow("Invariant broken: rack has a value");
  });

  test("is the empty value in a response", () => {
    expect(hex(lenient, 1, { owner: { id: 7 } })).toBe("0000" + "0000" + "00000007");
  });
});

describe("tagged fields", () => {
  test("are left out when they hold their default", () => {
    expect(hex(strict, 2, { marks: [], owner: { id: -1 } })).toBe("00" + "00");
  });

  test("are written by rising tag, with their size", () => {
    expect(hex(strict, 2, { owner: { id: 1 }, marks: [5] })).toBe(
      "00" + "02" + "00050200000005" + "03" + "06" + "010000000100",
    );
  });

  test("may be null where the default is not", () => {
    expect(hex(strict, 2, { owner: null })).toBe("00" + "01" + "03" + "01" + "00");
    expect(decode(strict, 2, Buffer.from("0001030100", "hex"))).toMatchObject({ ok: true, value: { owner: null } });
  });

  test("of an unknown tag are skipped", () => {
    const bytes = Buffer.from("00" + "02" + "0102aabb" + "00050200000005", "hex");
    const value = { name: "", rack: null, owner: { id: -1 }, marks: [5] };
    expect(decode(strict, 2, bytes)).toEqual({ ok: true, value });
  });

  test("with a wrong size are malformed", () => {
    const bytes = Buffer.from("00" + "01" + "00060200000005" + "00", "hex");
    expect(decode(strict, 2, bytes)).toEqual({
      ok: false,
      malformed: "Strict version 2: a tagged field that should end at byte 10, at byte 9 of 10",
    });
  });
});

test("a nullable struct has a mark in front (KIP-893)", () => {
  const declared = message({
    name: "Nullable",
    versions: "0",
    flexible: "none",
    fields: { inner: struct({ id: int32() }, { nullable: "0+" }) },
  });
  expect(hex(declared, 0, { inner: null })).toBe("ff");
  expect(hex(declared, 0, { inner: { id: 2 } })).toBe("01" + "00000002");
});

test("fields keep all 64 bits, and UUIDs their text, through defaults", () => {
  const declared = message({
    name: "Defaults",
    versions: "0-1",
    flexible: "none",
    fields: { mark: int64({ versions: "1+", default: 9223372036854775807n }), id: uuid({ versions: "1+" }) },
  });
  const value = { mark: 9223372036854775807n, id: "AAAAAAAAAAAAAAAAAAAAAA" };
  expect(decode(declared, 0, new Uint8Array(0))).toEqual({ ok: true, value });
  expect(decode(declared, 1, encodeMessage(declared, 1, { id: value.id }))).toEqual({ ok: true, value });
});

test("a version that was not declared is a bug", () => {
  expect(() => hex(strict, 3, {})).toThrow("Strict has a version 3");
});
