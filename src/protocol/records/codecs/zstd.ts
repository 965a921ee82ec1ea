/**
 * zstd: Node's own from version 22.15, before it a WebAssembly build of the reference library.
 * Java's streaming encoder writes frames without a content size, so the output may have to be guessed and bounded.
 */
import { requireLibrary } from "../libraries.js";
import type { Decompressed } from "./decompressed.js";
import { boundedByZlib } from "./gzip.js";
import { compressByWasm, decompressByWasm } from "./zstd-wasm.js";

/** What Node has from 22.15; the types of Node 20 do not know it. */
interface ZstdOfNode {
  readonly zstdCompressSync?: (input: Uint8Array) => Buffer;
  readonly zstdDecompressSync?: (input: Uint8Array, options: { maxOutputLength: number }) => Buffer;
}

const zlib = (): ZstdOfNode => requireLibrary("node:zlib");

export function decompressZstd(body: Uint8Array, bytesMax: number): Decompressed {
  const { zstdDecompressSync } = zlib();
  if (zstdDecompressSync === undefined) return decompressByWasm(body, bytesMax);
  return boundedByZlib(() => zstdDecompressSync(body, { maxOutputLength: Math.max(1, bytesMax) }));
}

export function compressZstd(body: Uint8Array): Uint8Array {
  const { zstdCompressSync } = zlib();
  return zstdCompressSync === undefined ? compressByWasm(body) : zstdCompressSync(body);
}
