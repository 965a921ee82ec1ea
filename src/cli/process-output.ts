/** Prints to stdout in large pieces, and no faster than it is read. */
import { once } from "node:events";
import type { Output } from "./output.js";

const PIECE_CHARS = 64 * 1024;

export class ProcessOutput implements Output {
  #piece = "";

  print(line: string): Promise<void> | void {
    this.#piece += `${line}\n`;
    if (this.#piece.length >= PIECE_CHARS) return this.flush();
  }

  complain(sentence: string): void {
    process.stderr.write(`samsa: ${sentence}\n`);
  }

  /** Prints what is left. */
  async flush(): Promise<void> {
    const piece = this.#piece;
    this.#piece = "";
    if (piece !== "" && !process.stdout.write(piece)) await once(process.stdout, "drain");
  }
}
