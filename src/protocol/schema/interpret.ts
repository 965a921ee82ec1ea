/**
 * Walks a layout value by value. Slower than the compiled codecs and simpler: the tests hold the compiled ones to it.
 */
import { invariant, unreachable } from "../../lib/invariant.js";
import type { Reader } from "../wire/reader.js";
import type { Writer } from "../wire/writer.js";
import { defaultOf, isDefault, memberOf } from "./defaults.js";
import { emptyInsteadOfNull } from "./encoder-source.js";
import type { ArrayLayout, FieldLayout, ScalarLayout, StructLayout, ValueLayout } from "./layout.js";

export function interpretDecode(layout: StructLayout, reader: Reader): unknown {
  const inline = layout.fields.map(({ name, field, place, value }) => [
    name,
    place === "inline" ? read(value, reader, false) : defaultOf(field),
  ]);
  const tagged = layout.flexible ? readTagged(layout.tagged, reader) : [];
  return Object.fromEntries([...inline, ...tagged]);
}

function readTagged(known: readonly FieldLayout[], reader: Reader): [string, unknown][] {
  const found: [string, unknown][] = [];
  for (let left = reader.unsignedVarint(); left > 0; left--) {
    const tag = reader.unsignedVarint();
    const size = reader.taggedFieldSize();
    const end = reader.position + size;
    const field = known.find((candidate) => candidate.tag === tag);
    if (field === undefined) reader.skip(size);
    else found.push([field.name, read(field.value, reader, true)]);
    reader.endOfTaggedField(end);
  }
  return found;
}

function read(layout: ValueLayout, reader: Reader, tagged: boolean): unknown {
  if (layout.kind === "array") return readArray(layout, reader);
  if (layout.kind !== "struct") return readScalar(layout, reader);
  if (layout.nullable && !(tagged ? reader.hasTaggedStruct() : reader.hasStruct())) return null;
  return interpretDecode(layout, reader);
}

function readArray({ element, nullable, flexible }: ArrayLayout, reader: Reader): unknown {
  const length = flexible
    ? reader.nullableCompactArrayLength(element.bytesMin)
    : reader.nullableArrayLength(element.bytesMin);
  if (length < 0) return nullable ? null : reader.fail("null for an array that must not be null");
  return Array.from({ length }, () => read(element, reader, false));
}

function readScalar({ kind, nullable, flexible }: ScalarLayout, reader: Reader): unknown {
  if (kind === "string") {
    const value = flexible ? reader.nullableCompactString() : reader.nullableString();
    return value === null && !nullable ? reader.fail("null for a string that must not be null") : value;
  }
  if (kind === "bytes" || kind === "records") {
    const value = flexible ? reader.nullableCompactBytes() : reader.nullableBytes();
    return value === null && !nullable ? reader.fail("null for bytes that must not be null") : value;
  }
  return reader[kind]();
}

export function interpretEncode(layout: StructLayout, writer: Writer, value: unknown, drops: boolean): void {
  for (const { name, field, place, value: valueLayout } of layout.fields) {
    const given = memberOf(value, name);
    if (place === "inline") write(valueLayout, writer, filledIn(field, valueLayout, given, drops), drops, false);
    if (place === "absent" && !drops && field.options.ignorable !== true) {
      invariant(isDefault(field, given), `${name} is set and this version has no place for it`);
    }
  }
  if (layout.flexible) writeTagged(layout.tagged, writer, value, drops);
}

function filledIn(field: FieldLayout["field"], layout: ValueLayout, given: unknown, drops: boolean): unknown {
  const value = given === undefined ? defaultOf(field) : given;
  return value === null && !layout.nullable && drops ? emptyInsteadOfNull(field) : value;
}

function writeTagged(fields: readonly FieldLayout[], writer: Writer, value: unknown, drops: boolean): void {
  const set = fields.filter(({ name, field }) => !isDefault(field, memberOf(value, name)));
  writer.unsignedVarint(set.length);
  for (const { name, tag, value: layout } of set) {
    const at = writer.beginTaggedField(tag);
    write(layout, writer, memberOf(value, name), drops, true);
    writer.endTaggedField(at);
  }
}

function write(layout: ValueLayout, writer: Writer, value: unknown, drops: boolean, tagged: boolean): void {
  invariant(value !== undefined && (value !== null || layout.nullable), "a value is there");
  if (layout.kind === "array") writeArray(layout, writer, value, drops);
  else if (layout.kind === "struct") writeStruct(layout, writer, value, drops, tagged);
  else writeScalar(layout, writer, value);
}

function writeStruct(layout: StructLayout, writer: Writer, value: unknown, drops: boolean, tagged: boolean): void {
  if (layout.nullable && tagged) writer.hasTaggedStruct(value !== null);
  if (layout.nullable && !tagged) writer.hasStruct(value !== null);
  if (value !== null) interpretEncode(layout, writer, value, drops);
}

function writeArray({ element, flexible }: ArrayLayout, writer: Writer, value: unknown, drops: boolean): void {
  invariant(value === null || Array.isArray(value), "an array is an array");
  const length = value === null ? -1 : value.length;
  if (flexible) writer.compactArrayLength(length);
  else writer.arrayLength(length);
  for (const item of value ?? []) write(element, writer, item, drops, false);
}

function writeScalar({ kind, flexible }: ScalarLayout, writer: Writer, value: unknown): void {
  switch (kind) {
    case "string":
      invariant(value === null || typeof value === "string", "a string is a string");
      if (flexible) writer.nullableCompactString(value);
      else writer.nullableString(value);
      break;
    case "bytes":
      invariant(value === null || value instanceof Uint8Array, "bytes are bytes");
      if (flexible) writer.nullableCompactBytes(value);
      else writer.nullableBytes(value);
      break;
    case "records":
      invariant(value === null || value instanceof Uint8Array || Array.isArray(value), "records are chunks");
      if (flexible) writer.nullableCompactRecords(value);
      else writer.nullableRecords(value);
      break;
    case "uuid":
      invariant(typeof value === "string", "a UUID is a string");
      writer.uuid(value);
      break;
    case "bool":
      invariant(typeof value === "boolean", "a bool is a boolean");
      writer.bool(value);
      break;
    case "int64":
      invariant(typeof value === "bigint", "an int64 is a bigint");
      writer.int64(value);
      break;
    case "int8":
    case "int16":
    case "uint16":
    case "int32":
    case "uint32":
    case "safeInt64":
    case "float64":
      invariant(typeof value === "number", "a number is a number");
      writer[kind](value);
      break;
    default:
      unreachable(kind);
  }
}
