/** What stands for a field that is not on the wire, and whether a value equals it. */
import { unreachable } from "../../lib/invariant.js";
import { ZERO_UUID } from "../wire/zero-uuid.js";
import type { Field, Fields } from "./fields.js";

export function defaultOf(field: Field): unknown {
  if (field.options.default !== undefined) return field.options.default;
  switch (field.kind) {
    case "bool":
      return false;
    case "int8":
    case "int16":
    case "uint16":
    case "int32":
    case "uint32":
    case "safeInt64":
    case "float64":
      return 0;
    case "int64":
      return 0n;
    case "string":
      return "";
    case "uuid":
      return ZERO_UUID;
    case "bytes":
    case "records":
      return new Uint8Array(0);
    case "array":
      return [];
    case "struct":
      return defaultStruct(field.fields ?? {});
    default:
      return unreachable(field.kind);
  }
}

function defaultStruct(fields: Fields): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, defaultOf(field)]));
}

/** A field that an encoder was not given counts as default. */
export function isDefault(field: Field, value: unknown): boolean {
  if (value === undefined) return true;
  if (value === null || field.options.default === null) return value === null && field.options.default === null;
  switch (field.kind) {
    case "bytes":
      return value instanceof Uint8Array && value.byteLength === 0;
    case "records":
      return value instanceof Uint8Array ? value.byteLength === 0 : Array.isArray(value) && value.length === 0;
    case "array":
      return Array.isArray(value) && value.length === 0;
    case "struct":
      return Object.entries(field.fields ?? {}).every(([name, inner]) => isDefault(inner, memberOf(value, name)));
    default:
      return value === defaultOf(field);
  }
}

/** The field `name` of a struct's value. */
export function memberOf(value: unknown, name: string): unknown {
  return value !== null && typeof value === "object" ? Reflect.get(value, name) : undefined;
}
