/** gzip, through Node's zlib. */
import { requireLibrary } from "../libraries.js";
import { CORRUPT, type Decompressed, TOO_LARGE } from "./decompressed.js";

const zlib = (): typeof import("node:zlib") => requireLibrary("node:zlib");

export function gunzip(body: Uint8Array, bytesMax: number): Decompressed {
  return boundedByZlib(() => zlib().gunzipSync(body, { maxOutputLength: Math.max(1, bytesMax) }));
}

export function gzip(body: Uint8Array): Uint8Array {
  return zlib().gzipSync(body);
}

/** Runs one of zlib's decompressors, which throw for what is an ordinary answer here. */
export function boundedByZlib(run: () => Uint8Array): Decompressed {
  try {
    return run();
  } catch (error) {
    const isTooLarge = error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
    return isTooLarge ? TOO_LARGE : CORRUPT;
  }
}
