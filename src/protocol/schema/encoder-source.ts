/** Writes the source text of an encoder: one function per struct and array, each taking the writer and the value. */
import { defaultOf } from "./defaults.js";
import type { Field } from "./fields.js";
import type { ArrayLayout, FieldLayout, StructLayout, ValueLayout } from "./layout.js";
import { methodFor } from "./layout.js";
import type { Source } from "./source.js";
import { checkedName } from "./source.js";

/** Returns the name of the function that writes the struct, without a null mark. */
export function writeEncoder(layout: StructLayout, source: Source, drops: boolean): string {
  const body: string[] = [];
  for (const field of layout.fields) {
    if (field.place === "inline")
      body.push(writeStatement(field.value, expressionFor(field, source, drops), source, drops, false));
    else if (field.place === "absent" && !drops && field.field.options.ignorable !== true) {
      body.push(`if (${isSet(field, source)}) unplaced("${checkedName(field.name)}");`);
    }
  }
  if (layout.flexible) body.push(...taggedFields(layout.tagged, source, drops));
  return source.define("w, v", body);
}

function taggedFields(tagged: readonly FieldLayout[], source: Source, drops: boolean): string[] {
  if (tagged.length === 0) return ["w.unsignedVarint(0);"];
  return [
    ...tagged.map((field) => `const has${field.tag} = ${isSet(field, source)};`),
    `w.unsignedVarint(${tagged.map(({ tag }) => `(has${tag} ? 1 : 0)`).join(" + ")});`,
    ...tagged.flatMap((field) => [
      `if (has${field.tag}) {`,
      `  const at = w.beginTaggedField(${field.tag});`,
      `  ${writeStatement(field.value, `v.${checkedName(field.name)}`, source, drops, true)}`,
      "  w.endTaggedField(at);",
      "}",
    ]),
  ];
}

function isSet({ name, field }: FieldLayout, source: Source): string {
  return `v.${checkedName(name)} !== undefined && !isDefault(${source.constant(field)}, v.${name})`;
}

/** The expression for a field's value, with its default where it was left out. */
function expressionFor({ name, field, value }: FieldLayout, source: Source, drops: boolean): string {
  const given = `v.${checkedName(name)}`;
  const { default: declared, tag } = field.options;
  const hasDefault = declared !== undefined || tag !== undefined;
  const known = hasDefault ? `(${given} === undefined ? ${source.constant(defaultOf(field))} : ${given})` : given;
  if (value.nullable) return known;
  const instead = drops ? emptyInsteadOfNull(field) : undefined;
  return `(${known} ?? ${instead === undefined ? `missing("${name}")` : source.constant(instead)})`;
}

/** A response to a version that cannot say null says "empty", as Kafka does for the protocol name of JoinGroup. */
export function emptyInsteadOfNull(field: Field): unknown {
  if (field.options.nullable === undefined || field.kind === "struct") return undefined;
  return defaultOf({ ...field, options: {} });
}

function writeStatement(layout: ValueLayout, value: string, source: Source, drops: boolean, tagged: boolean): string {
  if (layout.kind === "array") return `${writeArrayEncoder(layout, source, drops)}(w, ${value});`;
  if (layout.kind !== "struct") return `w.${methodFor(layout, "write")}(${value});`;
  const write = writeEncoder(layout, source, drops);
  if (!layout.nullable) return `${write}(w, ${value});`;
  const mark = tagged ? "hasTaggedStruct" : "hasStruct";
  return `{ const x = ${value}; w.${mark}(x !== null); if (x !== null) ${write}(w, x); }`;
}

function writeArrayEncoder({ element, nullable, flexible }: ArrayLayout, source: Source, drops: boolean): string {
  const length = flexible ? "compactArrayLength" : "arrayLength";
  return source.define("w, list", [
    ...(nullable ? [`if (list === null) { w.${length}(-1); return; }`] : []),
    `w.${length}(list.length);`,
    `for (let i = 0; i < list.length; i++) { const e = list[i]; ${writeStatement(element, "e", source, drops, false)} }`,
  ]);
}
