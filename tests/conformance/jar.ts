/** Reads text files out of a jar, which is a zip archive. */
import { readFileSync } from "node:fs";
import { inflateRawSync } from "node:zlib";

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY_BYTES = 46;
const LOCAL_HEADER_BYTES = 30;
const STORED = 0;

/** The files of a folder of the archive, by name without the folder. */
export function readJar(path: string, folder: string): Map<string, string> {
  const jar = readFileSync(path);
  const end = jar.lastIndexOf(uint32(END_OF_DIRECTORY));
  const entries = jar.readUInt16LE(end + 10);
  const files = new Map<string, string>();
  let at = jar.readUInt32LE(end + 16);
  for (let i = 0; i < entries; i++) {
    const nameBytes = jar.readUInt16LE(at + 28);
    const name = jar.toString("utf8", at + DIRECTORY_ENTRY_BYTES, at + DIRECTORY_ENTRY_BYTES + nameBytes);
    if (name.startsWith(folder) && !name.endsWith("/")) files.set(name.slice(folder.length), content(jar, at));
    at += DIRECTORY_ENTRY_BYTES + nameBytes + jar.readUInt16LE(at + 30) + jar.readUInt16LE(at + 32);
  }
  return files;
}

function content(jar: Buffer, entry: number): string {
  const method = jar.readUInt16LE(entry + 10);
  const bytes = jar.readUInt32LE(entry + 20);
  const header = jar.readUInt32LE(entry + 42);
  const start = header + LOCAL_HEADER_BYTES + jar.readUInt16LE(header + 26) + jar.readUInt16LE(header + 28);
  const packed = jar.subarray(start, start + bytes);
  return (method === STORED ? packed : inflateRawSync(packed)).toString("utf8");
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
