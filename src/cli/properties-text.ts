/** The text of a properties file, which may come from any editor. */
import { isUtf8 } from "node:buffer";

/** In UTF-8, or else in Latin-1, in which Java reads such files. Null: it is no text, or in UTF-16. */
export function propertiesText(bytes: Uint8Array): string | null {
  // A decoder of the platform, since it leaves out the byte order mark that Windows writes before the first name.
  const text = new TextDecoder(isUtf8(bytes) ? "utf-8" : "latin1").decode(bytes);
  return text.includes("\0") ? null : text;
}
