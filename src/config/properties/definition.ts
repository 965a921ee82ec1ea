/**
 * The language in which properties are declared: `int(8, "Threads that …", atLeast(1), "cluster-wide")`. One declaration
 * gives the parser, the type of the value in TypeScript, the answers of DescribeConfigs and the documentation.
 */
import type { Validator } from "./validators.js";
import { type ConfigType, invalid, type Parsed, parseValue } from "./value-types.js";

/** Who may change the property while the broker runs (KIP-226). */
export type DynamicMode = "read-only" | "per-broker" | "cluster-wide";

/** Texts by property name, as they stand in the cluster's metadata. */
export interface DynamicSettings {
  readonly ofThisBroker: ReadonlyMap<string, string>;
  readonly ofAllBrokers: ReadonlyMap<string, string>;
}

export const nothingSet: ReadonlyMap<string, string> = new Map();
export const noDynamicSettings: DynamicSettings = { ofThisBroker: nothingSet, ofAllBrokers: nothingSet };

export type Effect =
  | { readonly kind: "effective" }
  /** Accepted so that files made for Apache Kafka work; it changes nothing here. */
  | { readonly kind: "accepted without effect"; readonly reason: string }
  /** Ignoring it would break a promise, so any value but the default stops the start. */
  | { readonly kind: "refused"; readonly reason: string };

export interface ConfigDefinition<T = unknown> {
  readonly type: ConfigType;
  /** As text, as DescribeConfigs shows it; `null` when there is no value. */
  readonly defaultText: string | null;
  /** Apache Kafka's default where ours differs; `undefined` where both are the same. */
  readonly kafkaDefaultText: string | null | undefined;
  readonly validator: Validator | null;
  /** What the property does, in a sentence or two, with its unit. */
  readonly meaning: string;
  readonly dynamicMode: DynamicMode;
  readonly effect: Effect;
  /** Hidden from DescribeConfigs, as Apache Kafka hides it. */
  readonly internal: boolean;
  /** Holds the value type for inference; no value ever has this field. */
  readonly valueType?: T;
}

export type Definitions = Readonly<Record<string, ConfigDefinition>>;

type ValueOf<D> = D extends ConfigDefinition<infer T> ? T : never;

/** `log.segment.bytes` → `logSegmentBytes`. */
type CamelCase<Name extends string> = Name extends `${infer Head}.${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name;

/** The values of a table of definitions, each under its property's name in camelCase. */
export type Fields<D extends Definitions> = {
  readonly [Name in keyof D & string as CamelCase<Name>]: ValueOf<D[Name]>;
};

/** The value type of a definition: `null` is possible only where the default is `null`. */
type Value<T, Default> = Default extends null ? T | null : T;

function define<T>(
  type: ConfigType,
  defaultValue: boolean | number | string | null,
  meaning: string,
  validator: Validator | null = null,
  dynamicMode: DynamicMode = "read-only",
): ConfigDefinition<T> {
  const defaultText = defaultValue === null ? null : String(defaultValue);
  const effect = { kind: "effective" } as const;
  return { type, defaultText, kafkaDefaultText: undefined, validator, meaning, dynamicMode, effect, internal: false };
}

export const boolean = (value: boolean, meaning: string, mode?: DynamicMode): ConfigDefinition<boolean> =>
  define("BOOLEAN", value, meaning, null, mode);

export const int = <const D extends number | null>(
  value: D,
  meaning: string,
  valid?: Validator | null,
  mode?: DynamicMode,
) => define<Value<number, D>>("INT", value, meaning, valid, mode);

export const short = (value: number, meaning: string, valid?: Validator | null, mode?: DynamicMode) =>
  define<number>("SHORT", value, meaning, valid, mode);

/** The default is a text where a number would lose digits: `LONG_MAX`. */
export const long = <const D extends number | string | null>(
  value: D,
  meaning: string,
  valid?: Validator | null,
  mode?: DynamicMode,
) => define<Value<number, D>>("LONG", value, meaning, valid, mode);

/** The largest 64-bit value, which a number cannot hold: its value here is `Number.MAX_SAFE_INTEGER`. */
export const LONG_MAX = "9223372036854775807";
/** The largest 32-bit value: Kafka's way to say "no limit". */
export const INT_MAX = 2_147_483_647;

export const double = (value: number | string, meaning: string, valid?: Validator | null, mode?: DynamicMode) =>
  define<number>("DOUBLE", value, meaning, valid, mode);

export const text = <const D extends string | null>(
  value: D,
  meaning: string,
  valid?: Validator | null,
  mode?: DynamicMode,
) => define<Value<string, D>>("STRING", value, meaning, valid, mode);

/** A STRING that is one of a few words. The value keeps the words as its type. */
export const choice = <T extends string>(value: T, meaning: string, valid: Validator<T>, mode?: DynamicMode) =>
  define<T>("STRING", value, meaning, valid, mode);

/** The default is written as in a file: `a,b`. */
export const list = <const D extends string | null, T extends string = string>(
  value: D,
  meaning: string,
  valid: Validator<T> | null,
  mode?: DynamicMode,
) => define<Value<readonly T[], D>>("LIST", value, meaning, valid, mode);

/** The name of a Java class. It is kept and shown, never loaded. */
export const javaClass = (value: string | null, meaning: string, mode?: DynamicMode) =>
  define<string | null>("CLASS", value, meaning, null, mode);

export const password = (meaning: string, mode?: DynamicMode) =>
  define<string | null>("PASSWORD", null, meaning, null, mode);

/** A default that differs from Apache Kafka's, which is kept for the documentation. */
export function insteadOf<T>(kafkaDefault: number | string | null, ours: ConfigDefinition<T>): ConfigDefinition<T> {
  return { ...ours, kafkaDefaultText: kafkaDefault === null ? null : String(kafkaDefault) };
}

export function internal<T>(definition: ConfigDefinition<T>): ConfigDefinition<T> {
  return { ...definition, internal: true };
}

export function withoutEffect<D extends Definitions>(reason: string, definitions: D): D {
  return withEffect({ kind: "accepted without effect", reason }, definitions);
}

export function refused<D extends Definitions>(reason: string, definitions: D): D {
  return withEffect({ kind: "refused", reason }, definitions);
}

function withEffect<D extends Definitions>(effect: Effect, definitions: D): D {
  const entries = Object.entries(definitions).map(([name, definition]) => [name, { ...definition, effect }]);
  // The same names with the same value types: only `effect` was replaced.
  return Object.fromEntries(entries) as D;
}

/** Parses and validates one text. A failure is Kafka's sentence, with value, property and reason. */
export function readValue(name: string, definition: ConfigDefinition, valueText: string): Parsed {
  const parsed = parseValue(definition.type, valueText);
  if ("reason" in parsed) return { reason: invalid(valueText, name, parsed.reason) };
  const reason = definition.validator?.check(name, parsed.value) ?? null;
  return reason === null ? parsed : { reason };
}

/** The field under which a property is found in a typed configuration. */
export function camelCase(name: string): string {
  return name.replace(/\.(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** Looks every value of a table up, under camelCase names. */
export function fieldsOf<D extends Definitions>(definitions: D, values: (name: string) => unknown): Fields<D> {
  const entries = Object.keys(definitions).map((name) => [camelCase(name), values(name)]);
  // `values` gives what `readValue` made of the same definitions, so each field has its definition's type.
  return Object.freeze(Object.fromEntries(entries)) as Fields<D>;
}
