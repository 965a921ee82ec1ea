/** Bytes of a record, in a form that can be printed: as text where they are UTF-8, else as base64. */
import { isUtf8 } from "node:buffer";

export type Payload =
  | { readonly utf8: string }
  | { readonly base64: string }
  /** What the bytes mean, in a topic whose records are known. */
  | { readonly decoded: unknown };

export function payloadOf(bytes: Uint8Array): Payload {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return isUtf8(buffer) ? { utf8: buffer.toString("utf8") } : { base64: buffer.toString("base64") };
}

/** Text stands in quotes, base64 does not; so the two cannot be taken for one another. */
export function printed(payload: Payload | null): string {
  if (payload === null) return "null";
  if ("utf8" in payload) return quoted(payload.utf8);
  if ("base64" in payload) return `base64:${payload.base64}`;
  return unharmed(JSON.stringify(payload.decoded));
}

/** A text of somebody else's, in quotes. */
export function quoted(text: string): string {
  return unharmed(JSON.stringify(text));
}

/** JSON leaves some control characters as they are, with which a record could play tricks on a terminal. */
function unharmed(json: string): string {
  return json.replace(
    /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** A decoded record as JSON can hold it: bytes as payloads, large numbers as text. */
export function plain(value: unknown): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof Uint8Array) return payloadOf(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, plain(field)]));
}
