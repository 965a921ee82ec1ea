/**
 * Compiles a layout into one decoder and one encoder with `new Function`: as fast as code written by hand, several
 * times faster than walking the layout. Only names and constants of our own declarations reach the source text.
 */
import type { Reader } from "../wire/reader.js";
import type { Writer } from "../wire/writer.js";
import { writeDecoder } from "./decoder-source.js";
import { isDefault } from "./defaults.js";
import { writeEncoder } from "./encoder-source.js";
import type { StructLayout } from "./layout.js";
import { Source } from "./source.js";

export type Decoder = (reader: Reader) => unknown;
export type Encoder = (writer: Writer, value: unknown) => void;

export function compileDecoder(layout: StructLayout): Decoder {
  const source = new Source();
  const main = writeDecoder(layout, source);
  return source.compile(main, {});
}

/** `drops`: what the version has no place for is left out silently; otherwise it is a bug of the caller. */
export function compileEncoder(layout: StructLayout, drops: boolean): Encoder {
  const source = new Source();
  const main = writeEncoder(layout, source, drops);
  return source.compile(main, { isDefault, missing, unplaced });
}

function missing(name: string): never {
  throw new Error(`Invariant broken: ${name} has a value`);
}

function unplaced(name: string): never {
  throw new Error(`Invariant broken: ${name} is set and this version has no place for it`);
}
