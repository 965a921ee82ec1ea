/** gzip, through Node's zlib. */
import { gunzipSync, gzipSync } from "node:zlib";
import { CORRUPT, type Decompressed, TOO_LARGE } from "./decompressed.js";

export function gunzip(body: Uint8Array, bytesMax: number): Decompressed {
  return boundedByZlib(() => gunzipSync(body, { maxOutputLength: Math.max(1, bytesMax) }));
}

export function gzip(body: Uint8Array): Uint8Array {
  return gzipSync(body);
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
