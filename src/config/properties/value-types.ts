/** The nine types of configuration values: from text to value, by the rules of Kafka's ConfigDef. */
import { unreachable } from "../../lib/invariant.js";

export type ConfigType = "BOOLEAN" | "STRING" | "INT" | "SHORT" | "LONG" | "DOUBLE" | "LIST" | "CLASS" | "PASSWORD";

export type ConfigValue = boolean | number | string | readonly string[] | null;

export type Parsed = { readonly value: ConfigValue } | { readonly reason: string };

const BITS = { SHORT: 16, INT: 32, LONG: 64 } as const;

export function parseValue(type: ConfigType, valueText: string): Parsed {
  const trimmed = valueText.trim();
  switch (type) {
    case "BOOLEAN":
      return parseBoolean(trimmed);
    case "SHORT":
    case "INT":
    case "LONG":
      return parseWhole(type, trimmed);
    case "DOUBLE":
      return parseDouble(trimmed);
    case "LIST":
      return { value: Object.freeze(trimmed === "" ? [] : trimmed.split(",").map((item) => item.trim())) };
    case "STRING":
    case "CLASS":
    case "PASSWORD":
      return { value: trimmed };
    default:
      return unreachable(type);
  }
}

/** Kafka's spelling of a value inside an error message. */
export function showValue(value: ConfigValue): string {
  return Array.isArray(value) ? `[${value.join(", ")}]` : String(value);
}

/** Kafka's form of the complaint about one value. */
export function invalid(value: string, name: string, reason: string): string {
  return `Invalid value ${value} for configuration ${name}: ${reason}`;
}

function parseBoolean(trimmed: string): Parsed {
  const lower = trimmed.toLowerCase();
  if (lower === "true") return { value: true };
  if (lower === "false") return { value: false };
  return { reason: "Expected value to be either true or false" };
}

/**
 * Values beyond ±(2^53 − 1) become that bound: they mean "for ever" or "no limit", and sums with them stay in order.
 * What was written stays in the originals.
 */
function parseWhole(type: keyof typeof BITS, trimmed: string): Parsed {
  if (!/^[+-]?[0-9]{1,40}$/.test(trimmed)) return { reason: `Not a number of type ${type}` };
  const value = BigInt(trimmed.startsWith("+") ? trimmed.slice(1) : trimmed);
  if (BigInt.asIntN(BITS[type], value) !== value) return { reason: `Not a number of type ${type}` };
  return { value: Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, Number(value))) };
}

function parseDouble(trimmed: string): Parsed {
  if (!/^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?[dDfF]?$/.test(trimmed)) {
    return { reason: "Not a number of type DOUBLE" };
  }
  return { value: Number(trimmed.replace(/[dDfF]$/, "")) };
}
