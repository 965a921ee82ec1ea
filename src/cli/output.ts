/** Where a command prints: lines to the reader, who may be slower than the disk, and complaints beside them. */
export interface Output {
  /** Wait for it: so lines do not pile up in memory. */
  print(line: string): Promise<void> | void;
  complain(sentence: string): void;
}
