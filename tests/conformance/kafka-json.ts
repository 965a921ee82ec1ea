/** A message in the JSON that Apache Kafka's converters read: only what is on the wire, bytes in base64. */
import { memberOf } from "../../src/protocol/schema/defaults.js";
import type { StructLayout, ValueLayout } from "../../src/protocol/schema/layout.js";

export function jsonOf(layout: StructLayout, value: unknown): string {
  const members = layout.fields
    .filter(({ place }) => place !== "absent")
    .map(({ name, value: inner }) => `${JSON.stringify(name)}:${valueJson(inner, memberOf(value, name))}`);
  return `{${members.join(",")}}`;
}

function valueJson(layout: ValueLayout, value: unknown): string {
  if (value === null) return "null";
  if (layout.kind === "struct") return jsonOf(layout, value);
  if (Array.isArray(value) && layout.kind === "array") {
    return `[${value.map((element) => valueJson(layout.element, element)).join(",")}]`;
  }
  if (value instanceof Uint8Array) return JSON.stringify(Buffer.from(value).toString("base64"));
  if (typeof value === "bigint") return String(value);
  if (layout.kind === "float64" && typeof value === "number") return floatJson(value);
  return JSON.stringify(value);
}

/** Always with an exponent: the converter refuses a float that looks like a whole number. */
function floatJson(value: number): string {
  return `${Object.is(value, -0) ? "-" : ""}${value.toExponential()}`;
}
