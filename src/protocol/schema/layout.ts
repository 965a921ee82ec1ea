/**
 * A message at one version: which fields are on the wire, where, and in which form. Codecs are made from layouts, so
 * version ranges are looked at once per version and never per message.
 */
import { invariant, unreachable } from "../../lib/invariant.js";
import type { Field, Fields } from "./fields.js";
import type { Message } from "./message.js";
import { includes, parseVersions } from "./versions.js";

export type ValueLayout = ScalarLayout | ArrayLayout | StructLayout;
export type ScalarKind = Exclude<Field["kind"], "array" | "struct">;

interface Form {
  readonly nullable: boolean;
  /** Compact lengths, and for structs a section of tagged fields (KIP-482). */
  readonly flexible: boolean;
  /** The least number of bytes that one such value takes. */
  readonly bytesMin: number;
}

export interface ScalarLayout extends Form {
  readonly kind: ScalarKind;
}

export interface ArrayLayout extends Form {
  readonly kind: "array";
  readonly element: ValueLayout;
}

export interface StructLayout extends Form {
  readonly kind: "struct";
  /** All declared fields in declaration order, which is the wire order of the inline ones. */
  readonly fields: readonly FieldLayout[];
  /** Those that are tagged at this version, by rising tag. */
  readonly tagged: readonly FieldLayout[];
}

export interface FieldLayout {
  readonly name: string;
  readonly field: Field;
  readonly place: "inline" | "tagged" | "absent";
  readonly tag: number;
  readonly value: ValueLayout;
}

export function layoutOf(message: Message, version: number): StructLayout {
  invariant(includes(parseVersions(message.versions), version), `${message.name} has a version ${version}`);
  return structLayout(message.fields, version, includes(parseVersions(message.flexible), version), false);
}

function structLayout(declared: Fields, version: number, flexible: boolean, nullable: boolean): StructLayout {
  const fields = Object.entries(declared).map(([name, field]) => fieldLayout(name, field, version, flexible));
  const tagged = fields.filter(({ place }) => place === "tagged").sort((one, other) => one.tag - other.tag);
  const inline = fields.filter(({ place }) => place === "inline");
  const bytes = inline.reduce((sum, { value }) => sum + value.bytesMin, flexible ? 1 : 0);
  return { kind: "struct", fields, tagged, nullable, flexible, bytesMin: nullable ? 1 : Math.max(bytes, 1) };
}

function fieldLayout(name: string, field: Field, version: number, flexible: boolean): FieldLayout {
  const value = valueLayout(field, version, flexible);
  const { tag, versions, taggedVersions } = field.options;
  if (!includes(parseVersions(versions ?? "0+"), version)) return { name, field, place: "absent", tag: -1, value };
  if (tag !== undefined && flexible && includes(parseVersions(taggedVersions ?? versions ?? "0+"), version)) {
    return { name, field, place: "tagged", tag, value };
  }
  return { name, field, place: "inline", tag: -1, value };
}

function valueLayout(field: Field, version: number, flexibleMessage: boolean): ValueLayout {
  const nullable = includes(parseVersions(field.options.nullable ?? "none"), version);
  const flexible = flexibleMessage && field.options.flexible !== "none";
  const { kind } = field;
  if (kind === "struct") return structLayout(field.fields ?? {}, version, flexible, nullable);
  const bytesMin = bytesMinOf(kind, flexible);
  if (kind !== "array") return { kind, nullable, flexible, bytesMin };
  invariant(field.element !== undefined, "an array has an element");
  return { kind, nullable, flexible, bytesMin, element: valueLayout(field.element, version, flexible) };
}

function bytesMinOf(kind: ScalarKind | "array", flexible: boolean): number {
  switch (kind) {
    case "bool":
    case "int8":
      return 1;
    case "int16":
    case "uint16":
      return 2;
    case "int32":
    case "uint32":
      return 4;
    case "int64":
    case "safeInt64":
    case "float64":
      return 8;
    case "uuid":
      return 16;
    case "string":
      return flexible ? 1 : 2;
    case "bytes":
    case "records":
    case "array":
      return flexible ? 1 : 4;
    default:
      return unreachable(kind);
  }
}

/** The name of the reader's or writer's method for a scalar, such as `nullableCompactString`. */
export function methodFor(layout: ScalarLayout, side: "read" | "write"): string {
  const { kind } = layout;
  if (kind !== "string" && kind !== "bytes" && kind !== "records") return kind;
  const type = kind === "records" && side === "read" ? "bytes" : kind;
  const words = [layout.nullable ? "nullable" : "", layout.flexible ? "compact" : "", type].filter(
    (word) => word !== "",
  );
  return words.map((word, i) => (i === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1))).join("");
}
