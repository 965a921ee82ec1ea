/**
 * The schema language: a message is declared once, in wire order, and both its TypeScript types and its codecs follow
 * from the declaration. Names and meanings are those of the protocol's own message definitions.
 */
import type { RecordsToWrite } from "../wire/writer.js";

export interface FieldOptions<Value> {
  /** The message versions that carry the field, such as `"2+"` or `"0-6"`. Default: all. */
  readonly versions?: string;
  /** The versions in which the field may be null. Default: none. */
  readonly nullable?: string;
  /** What stands for the field where it is not on the wire. Default: zero, empty, false. */
  readonly default?: Value | null;
  /** A tagged field (KIP-482): its tag, and the versions that carry it as such. */
  readonly tag?: number;
  readonly taggedVersions?: string;
  /** A writer may leave the field out silently where the version has no place for it. */
  readonly ignorable?: true;
  /** `"none"`: the field keeps its old layout also in flexible versions. */
  readonly flexible?: "none";
}

export type FieldKind =
  | "bool"
  | "int8"
  | "int16"
  | "uint16"
  | "int32"
  | "uint32"
  | "int64"
  | "safeInt64"
  | "float64"
  | "string"
  | "uuid"
  | "bytes"
  | "records"
  | "array"
  | "struct";

/** One declared field. `Out` is what a decoder yields, `In` what an encoder takes; `Optional`: an encoder has a default. */
export interface Field<Out = unknown, In = unknown, Optional extends boolean = boolean> {
  readonly kind: FieldKind;
  readonly options: FieldOptions<unknown>;
  /** Of an array: its element. */
  readonly element?: Field;
  /** Of a struct: its fields in wire order. */
  readonly fields?: Fields;
  /** Never present; carries the types. */
  readonly types?: { readonly out: Out; readonly in: In; readonly optional: Optional };
}

export type Fields = { readonly [name: string]: Field };

type Value<T, O> = O extends { readonly nullable: string } ? T | null : T;
type HasDefault<O> = O extends { readonly default: unknown } | { readonly tag: number } ? true : false;
type OutOf<F> = F extends Field<infer Out, infer _In, infer _O> ? Out : never;
type InOf<F> = F extends Field<infer _Out, infer In, infer _O> ? In : never;
type OptionalNames<F extends Fields> = {
  [K in keyof F]: F[K] extends Field<infer _Out, infer _In, true> ? K : never;
}[keyof F];

/** What a decoder yields: every field, with its default where the version does not carry it. */
export type Decoded<F extends Fields> = { readonly [K in keyof F]: OutOf<F[K]> };

/** What an encoder takes: fields with a declared default or a tag may be left out. */
export type Encodable<F extends Fields> = {
  readonly [K in Exclude<keyof F, OptionalNames<F>>]: InOf<F[K]>;
} & { readonly [K in OptionalNames<F>]?: InOf<F[K]> | undefined };

function scalar<T, In = T>(kind: FieldKind) {
  return <const O extends FieldOptions<T>>(options?: O): Field<Value<T, O>, Value<In, O>, HasDefault<O>> => ({
    kind,
    options: options ?? {},
  });
}

export const bool = scalar<boolean>("bool");
export const int8 = scalar<number>("int8");
export const int16 = scalar<number>("int16");
export const uint16 = scalar<number>("uint16");
export const int32 = scalar<number>("int32");
export const uint32 = scalar<number>("uint32");
/** All 64 bits, as a bigint: for the few fields that need them. */
export const int64 = scalar<bigint>("int64");
export const float64 = scalar<number>("float64");
export const string = scalar<string>("string");
/** 16 bytes on the wire; in the house Kafka's text form, 22 characters of URL-safe base64. */
export const uuid = scalar<string>("uuid");
/** A view of the frame on decode: copy what must outlive the request. */
export const bytes = scalar<Uint8Array>("bytes");
/** Record batches, opaque: a view of the frame on decode, lent chunks on encode. */
export const records = scalar<Uint8Array, RecordsToWrite>("records");

/** 64 bits on the wire, a number in the house; a value outside ±(2^53 − 1) is malformed. */
const safeInt64 = scalar<number>("safeInt64");
/** The offset of a record in a partition. */
export const offset = safeInt64;
/** Milliseconds since 1970. */
export const timestamp = safeInt64;
/** A producer id, a broker epoch or another 64-bit identity. */
export const id = safeInt64;
/** A number of bytes, records or milliseconds. */
export const quantity = safeInt64;

export function struct<const F extends Fields, const O extends FieldOptions<Decoded<F>>>(
  fields: F,
  options?: O,
): Field<Value<Decoded<F>, O>, Value<Encodable<F>, O>, HasDefault<O>> {
  return { kind: "struct", fields, options: options ?? {} };
}

/** An array of structs, `array({ name: string() })`, or of one kind, `array(int32())`. */
export function array<const F extends Fields, const O extends FieldOptions<readonly Decoded<F>[]>>(
  element: F & { readonly kind?: never },
  options?: O,
): Field<Value<readonly Decoded<F>[], O>, Value<readonly Encodable<F>[], O>, HasDefault<O>>;
export function array<Out, In, const O extends FieldOptions<readonly Out[]>>(
  element: Field<Out, In, boolean>,
  options?: O,
): Field<Value<readonly Out[], O>, Value<readonly In[], O>, HasDefault<O>>;
export function array(element: Field | Fields, options?: FieldOptions<unknown>): Field {
  return { kind: "array", element: isField(element) ? element : struct(element), options: options ?? {} };
}

function isField(element: Field | Fields): element is Field {
  return typeof element.kind === "string";
}
