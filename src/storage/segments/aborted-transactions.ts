/** The transactions that markers in one segment have aborted. Most segments have none, and no index of them either. */
import type { Files } from "../../lib/environment.js";
import { type AbortedTransaction, TransactionIndex } from "./transaction-index.js";

export class AbortedTransactions {
  readonly #files: Files;
  readonly #folder: string;
  readonly #baseOffset: number;
  readonly #suffix: string;
  #index: TransactionIndex | null;

  constructor(files: Files, folder: string, baseOffset: number, suffix: string) {
    this.#files = files;
    this.#folder = folder;
    this.#baseOffset = baseOffset;
    this.#suffix = suffix;
    const hasIndex = files.stat(`${folder}/${TransactionIndex.fileName(baseOffset, suffix)}`) !== null;
    this.#index = hasIndex ? this.#newIndex() : null;
  }

  /** In the order of the markers. */
  get all(): readonly AbortedTransaction[] {
    return this.#index?.all ?? [];
  }

  /** Its marker is in this segment. */
  note(transaction: AbortedTransaction): void {
    if (this.#index === null) {
      this.#index = this.#newIndex();
      this.#index.restart();
    }
    this.#index.add(transaction);
  }

  /** Adds those that have records in the range. True: no later segment has any. */
  collect(from: number, upTo: number, into: AbortedTransaction[]): boolean {
    return this.#index?.collect(from, upTo, into) ?? false;
  }

  /** False: what was known of them is damaged. */
  load(): boolean {
    return this.#index?.load() ?? true;
  }

  /** Forgets all: they are noted anew. */
  restart(): void {
    this.#index?.restart();
  }

  /** Forgets those whose marker lies at `offset` or behind. */
  truncate(offset: number): void {
    this.#index?.truncate(offset);
  }

  /** Makes them durable. True: the folder has changed. */
  async flush(): Promise<boolean> {
    return (await this.#index?.flush()) ?? false;
  }

  #newIndex(): TransactionIndex {
    return new TransactionIndex(this.#files, this.#folder, this.#baseOffset, this.#suffix);
  }
}
