/** Writes the source text of a decoder: one function per struct and array, each taking the reader. */
import { defaultOf } from "./defaults.js";
import type { ArrayLayout, FieldLayout, StructLayout, ValueLayout } from "./layout.js";
import { methodFor } from "./layout.js";
import type { Source } from "./source.js";
import { checkedName } from "./source.js";

/** Returns the name of the function that reads the struct, without a null mark. */
export function writeDecoder(layout: StructLayout, source: Source): string {
  const body: string[] = [];
  for (const { name, field, place, value } of layout.fields) {
    if (place === "inline") body.push(`const $${checkedName(name)} = ${readExpression(value, source, false)};`);
    else
      body.push(
        `${place === "tagged" ? "let" : "const"} $${checkedName(name)} = ${source.constant(defaultOf(field))};`,
      );
  }
  if (layout.flexible) body.push(...tagLoop(layout.tagged, source));
  body.push(`return { ${layout.fields.map(({ name }) => `${name}: $${name}`).join(", ")} };`);
  return source.define("r", body);
}

function tagLoop(tagged: readonly FieldLayout[], source: Source): string[] {
  if (tagged.length === 0) return ["r.skipTaggedFields();"];
  return [
    "for (let left = r.unsignedVarint(); left > 0; left--) {",
    "  const tag = r.unsignedVarint();",
    "  const size = r.taggedFieldSize();",
    "  const end = r.position + size;",
    "  switch (tag) {",
    ...tagged.map(
      ({ name, tag, value }) => `    case ${tag}: $${name} = ${readExpression(value, source, true)}; break;`,
    ),
    "    default: r.skip(size);",
    "  }",
    "  r.endOfTaggedField(end);",
    "}",
  ];
}

function readExpression(layout: ValueLayout, source: Source, tagged: boolean): string {
  if (layout.kind === "array") return `${writeArrayDecoder(layout, source)}(r)`;
  if (layout.kind !== "struct") return `r.${methodFor(layout, "read")}()`;
  const read = `${writeDecoder(layout, source)}(r)`;
  if (!layout.nullable) return read;
  return `r.${tagged ? "hasTaggedStruct" : "hasStruct"}() ? ${read} : null`;
}

function writeArrayDecoder({ element, nullable, flexible }: ArrayLayout, source: Source): string {
  const length = `${nullable ? "nullable" : ""}${flexible ? "CompactArrayLength" : "ArrayLength"}`;
  const method = length.charAt(0).toLowerCase() + length.slice(1);
  return source.define("r", [
    `const length = r.${method}(${element.bytesMin});`,
    ...(nullable ? ["if (length < 0) return null;"] : []),
    "const list = new Array(length);",
    `for (let i = 0; i < length; i++) list[i] = ${readExpression(element, source, false)};`,
    "return list;",
  ]);
}
