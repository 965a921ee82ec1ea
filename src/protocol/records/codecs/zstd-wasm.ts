/**
 * The reference zstd as WebAssembly, for Node before 22.15. The library's own entry starts asynchronously, so its
 * module is started here from its file, synchronously, at the first batch that needs it (6 ms).
 */
import { readFileSync } from "node:fs";
import { invariant } from "../../../lib/invariant.js";
import { requireLibrary } from "../libraries.js";
import { CORRUPT, type Decompressed, TOO_LARGE } from "./decompressed.js";

/** What Emscripten adds to the object that its factory gets. Pointers are numbers; 0 is "no memory". */
interface ZstdModule {
  /** Replaced when the memory grows: never keep it across a call. */
  readonly HEAPU8: Uint8Array;
  readonly _malloc: (bytes: number) => number;
  readonly _free: (pointer: number) => void;
  readonly _compressBound: (bytes: number) => number;
  /** Both answer −1 for a failure. */
  readonly _compress: (to: number, toBytes: number, from: number, fromBytes: number, level: number) => number;
  readonly _decompress: (to: number, toBytes: number, from: number, fromBytes: number) => number;
}

type Receive = (instance: WebAssembly.Instance) => void;
type Factory = (module: { instantiateWasm(imports: object, receive: Receive): object }) => unknown;

/** Kafka's default for `compression.zstd.level`. */
const LEVEL = 3;
const FRAME_MAGIC = 0xfd2fb528;
const BLOCK_BYTES_MAX = 128 * 1024;

let loaded: ZstdModule | null = null;

export function decompressByWasm(body: Uint8Array, bytesMax: number): Decompressed {
  const frames = measureFrames(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
  if (frames === null) return CORRUPT;
  if (frames.contentBytesMin > bytesMax) return TOO_LARGE;
  const zstd = load();
  const toBytes = Math.min(frames.contentBytesMax, bytesMax);
  const output = withMemory(zstd, body, toBytes, (from, to) => zstd._decompress(to, toBytes, from, body.length));
  return output ?? (frames.contentBytesMax > bytesMax ? TOO_LARGE : CORRUPT);
}

export function compressByWasm(body: Uint8Array): Uint8Array {
  const zstd = load();
  const toBytes = zstd._compressBound(body.length);
  const output = withMemory(zstd, body, toBytes, (from, to) => zstd._compress(to, toBytes, from, body.length, LEVEL));
  invariant(output !== null, "zstd compresses what fits in memory");
  return output;
}

/** Copies `input` in, runs, copies the output out; null when there is no memory or `run` failed. */
function withMemory(
  zstd: ZstdModule,
  input: Uint8Array,
  outputBytes: number,
  run: (from: number, to: number) => number,
): Uint8Array | null {
  const from = zstd._malloc(input.length);
  const to = zstd._malloc(outputBytes);
  try {
    if ((from === 0 && input.length > 0) || (to === 0 && outputBytes > 0)) return null;
    zstd.HEAPU8.set(input, from);
    const bytes = run(from, to);
    return bytes < 0 ? null : Buffer.from(zstd.HEAPU8.subarray(to, to + bytes));
  } finally {
    zstd._free(from);
    zstd._free(to);
  }
}

interface Measured {
  /** What raw and run-length blocks hold for certain. */
  readonly contentBytesMin: number;
  /** The same, and 128 KiB for every compressed block. */
  readonly contentBytesMax: number;
}

/** Bounds the content of all frames from their headers and block headers, so that no more memory is taken. */
function measureFrames(bytes: Buffer): Measured | null {
  let [at, min, max] = [0, 0, 0];
  while (at < bytes.length) {
    const frame = measureFrame(bytes, at);
    if (frame === null) return null;
    min += frame.contentBytesMin;
    max += frame.contentBytesMax;
    at = frame.end;
  }
  return { contentBytesMin: min, contentBytesMax: max };
}

/** RFC 8878, section 3.1.1: magic, descriptor, window, dictionary id, content size, blocks, checksum. */
function measureFrame(bytes: Buffer, start: number): (Measured & { readonly end: number }) | null {
  if (bytes.length - start < 6 || bytes.readUInt32LE(start) !== FRAME_MAGIC) return null;
  const descriptor = bytes.readUInt8(start + 4);
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const sizeBytes = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  let at = start + 5 + (isSingleSegment ? 0 : 1) + dictionaryBytes + sizeBytes;
  let [min, max] = [0, 0];
  while (at + 3 <= bytes.length) {
    const header = bytes.readUIntLE(at, 3);
    const size = header >> 3;
    const type = (header >> 1) & 3;
    if (type === 3) return null;
    at += 3 + (type === 1 ? 1 : size);
    min += type === 2 ? 0 : size;
    max += type === 2 ? BLOCK_BYTES_MAX : size;
    if (header & 1) {
      const end = at + (descriptor & 4 ? 4 : 0);
      return end > bytes.length ? null : { contentBytesMin: min, contentBytesMax: max, end };
    }
  }
  return null;
}

function load(): ZstdModule {
  if (loaded !== null) return loaded;
  const factory = requireLibrary("@foxglove/wasm-zstd/dist/wasm-zstd.js") as Factory;
  const binary = readFileSync(requireLibrary.resolve("@foxglove/wasm-zstd/dist/wasm-zstd.wasm"));
  const target = {
    instantiateWasm(imports: object, receive: Receive): object {
      const instance = new WebAssembly.Instance(new WebAssembly.Module(binary), imports);
      receive(instance);
      return instance.exports;
    },
  };
  factory(target);
  loaded = target as typeof target & ZstdModule;
  return loaded;
}
