/**
 * What a declaration says about each field, in one form for Samsa's declarations and Apache Kafka's definitions, so that
 * the two can be compared. Ranges are cut to the versions in which the field can be on the wire at all: an inner field
 * need not repeat the range of the one around it.
 */
import { defaultOf } from "../../src/protocol/schema/defaults.js";
import type { Field, Fields } from "../../src/protocol/schema/fields.js";
import type { Message } from "../../src/protocol/schema/message.js";
import { formatVersions, intersection, parseVersions, type VersionRange } from "../../src/protocol/schema/versions.js";
import { ZERO_UUID } from "../../src/protocol/wire/zero-uuid.js";
import type { KafkaField, KafkaMessage } from "./kafka-messages.js";

export interface FieldFact {
  /** Such as `topics.partitions.offset`. */
  readonly path: string;
  /** Such as `int32`, `[]string`, `struct`. */
  readonly type: string;
  readonly versions: string;
  readonly nullable: string;
  readonly tagged: string;
  readonly tag: number | null;
  readonly default: string;
  /** A field without a place in a version: left out silently, or a mistake. */
  readonly ignorable: boolean;
  readonly oldLayout: boolean;
}

interface Around {
  readonly path: string;
  readonly versions: VersionRange;
  readonly flexible: VersionRange;
}

export function factsOfDeclaration(message: Message): FieldFact[] {
  const versions = parseVersions(message.versions);
  return declaredFacts(message.fields, { path: "", versions, flexible: parseVersions(message.flexible) });
}

function declaredFacts(fields: Fields, around: Around): FieldFact[] {
  return Object.entries(fields).flatMap(([name, field]) => {
    const { options } = field;
    const versions = intersection(parseVersions(options.versions ?? "0+"), around.versions);
    const tagged = intersection(parseVersions(options.taggedVersions ?? options.versions ?? "0+"), around.flexible);
    const inner = innerFields(field);
    const path = around.path + name;
    const fact: FieldFact = {
      path,
      type: typeOf(field),
      versions: formatVersions(versions),
      nullable: formatVersions(intersection(parseVersions(options.nullable ?? "none"), versions)),
      tagged: formatVersions(options.tag === undefined ? parseVersions("none") : intersection(tagged, versions)),
      tag: options.tag ?? null,
      default: textOf(defaultOf(field)),
      ignorable: options.ignorable === true,
      oldLayout: options.flexible === "none",
    };
    return [fact, ...declaredFacts(inner, { ...around, path: `${path}.`, versions })];
  });
}

function innerFields({ kind, element, fields }: Field): Fields {
  return (kind === "array" ? element?.fields : fields) ?? {};
}

function typeOf({ kind, element }: Field): string {
  if (kind === "array") return `[]${element === undefined ? "" : typeOf(element)}`;
  return kind === "safeInt64" ? "int64" : kind;
}

function textOf(value: unknown): string {
  if (value === ZERO_UUID) return "zero";
  if (Array.isArray(value)) return "[]";
  if (value instanceof Uint8Array) return "empty";
  return typeof value === "object" && value !== null ? "struct" : String(value);
}

export function factsOfKafka(message: KafkaMessage): FieldFact[] {
  const common = new Map(message.commonStructs?.map(({ name, fields }) => [name, fields]));
  const around = {
    path: "",
    versions: parseVersions(message.validVersions),
    flexible: parseVersions(message.flexibleVersions ?? "none"),
  };
  return kafkaFacts(message.fields ?? [], common, around);
}

type Structs = ReadonlyMap<string, readonly KafkaField[]>;

function kafkaFacts(fields: readonly KafkaField[], common: Structs, around: Around): FieldFact[] {
  return fields.flatMap((field) => {
    const versions = intersection(parseVersions(field.versions ?? field.taggedVersions ?? "none"), around.versions);
    const path = around.path + field.name.charAt(0).toLowerCase() + field.name.slice(1);
    const type = field.type.replace(/[A-Z].*/, "struct");
    const inner = field.fields ?? common.get(field.type.replace("[]", "")) ?? [];
    const fact: FieldFact = {
      path,
      type,
      versions: formatVersions(versions),
      nullable: formatVersions(intersection(parseVersions(field.nullableVersions ?? "none"), versions)),
      tagged: formatVersions(intersection(parseVersions(field.taggedVersions ?? "none"), versions)),
      tag: field.tag === undefined ? null : Number(field.tag),
      default: kafkaDefault(field, type),
      ignorable: String(field.ignorable ?? false) === "true",
      oldLayout: field.flexibleVersions === "none",
    };
    return [fact, ...kafkaFacts(inner, common, { ...around, path: `${path}.`, versions })];
  });
}

/** Of a definition without a default, or with a bare `null`, Kafka's generator makes the empty value of the type. */
function kafkaDefault(field: KafkaField, type: string): string {
  if (field.default !== undefined && field.default !== null) {
    return /^(?:u?int|float)/.test(type) && field.default !== "null"
      ? numberText(String(field.default))
      : String(field.default);
  }
  // A choice of Samsa: no message is null rather than empty.
  if (field.name === "ErrorMessage" && field.tag === undefined && field.nullableVersions !== undefined) return "null";
  if (type.startsWith("[]")) return "[]";
  if (type === "struct" || type === "bool") return type === "bool" ? "false" : type;
  if (type === "bytes" || type === "records") return "empty";
  if (type === "uuid") return "zero";
  return type === "string" ? "" : "0";
}

/** Kafka also writes numbers in hexadecimal. */
function numberText(text: string): string {
  return BigInt(text.replace("-", "")) === 0n
    ? "0"
    : `${text.startsWith("-") ? "-" : ""}${BigInt(text.replace("-", ""))}`;
}
