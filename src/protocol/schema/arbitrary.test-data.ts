/** Random values of any declared message, as a decoder would yield them: absent fields hold their default. */
import fc from "fast-check";
import { defaultOf } from "./defaults.js";
import type { FieldLayout, ScalarKind, StructLayout, ValueLayout } from "./layout.js";

export function arbitraryOf(layout: StructLayout): fc.Arbitrary<Record<string, unknown>> {
  return fc.record(Object.fromEntries(layout.fields.map((field) => [field.name, fieldArbitrary(field)])));
}

function fieldArbitrary({ field, place, value }: FieldLayout): fc.Arbitrary<unknown> {
  if (place === "absent") return fc.constant(defaultOf(field));
  if (place === "inline") return valueArbitrary(value);
  return fc.oneof(fc.constant(defaultOf(field)), valueArbitrary(value));
}

function valueArbitrary(layout: ValueLayout): fc.Arbitrary<unknown> {
  const present = presentArbitrary(layout);
  return layout.nullable ? fc.option(present, { nil: null, freq: 4 }) : present;
}

function presentArbitrary(layout: ValueLayout): fc.Arbitrary<unknown> {
  if (layout.kind === "array") return fc.array(valueArbitrary(layout.element), { maxLength: 3 });
  if (layout.kind === "struct") return arbitraryOf(layout);
  return scalars[layout.kind];
}

const someBytes = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));

const scalars: { readonly [kind in ScalarKind]: fc.Arbitrary<unknown> } = {
  bool: fc.boolean(),
  int8: fc.integer({ min: -0x80, max: 0x7f }),
  int16: fc.integer({ min: -0x8000, max: 0x7fff }),
  uint16: fc.integer({ min: 0, max: 0xffff }),
  int32: fc.integer({ min: -0x80000000, max: 0x7fffffff }),
  uint32: fc.integer({ min: 0, max: 0xffffffff }),
  int64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  safeInt64: fc.maxSafeInteger(),
  float64: fc.double({ noNaN: true, noDefaultInfinity: true }),
  string: fc.oneof(fc.string({ unit: "grapheme", maxLength: 60 }), fc.string({ unit: "binary-ascii", maxLength: 60 })),
  uuid: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes).toString("base64url")),
  bytes: someBytes,
  records: someBytes,
};
