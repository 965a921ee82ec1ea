/** A disk in memory, and an output that is a list of lines. */
import { MemoryFiles } from "../../environments/memory/memory-files.js";

export const NOW_MS = 1_700_000_000_000;
export const segment = "00000000000000000000.log";

export function diskWith(contents: Readonly<Record<string, Uint8Array | string>>): MemoryFiles {
  const files = new MemoryFiles(() => NOW_MS, 64 * 1024 * 1024);
  for (const [path, content] of Object.entries(contents)) {
    files.createFolder(path.slice(0, path.lastIndexOf("/")));
    const file = files.open(path, "create");
    file.write([Buffer.from(content)], 0);
    file.close();
  }
  return files;
}

export class Lines {
  readonly printed: string[] = [];
  readonly complaints: string[] = [];

  print(line: string): void {
    this.printed.push(line);
  }

  complain(sentence: string): void {
    this.complaints.push(sentence);
  }
}
