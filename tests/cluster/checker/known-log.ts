/** The records of all partitions that some readers have seen, by offset and by value. */
import type { Poll } from "./history.js";

export interface KnownRecord {
  readonly partition: number;
  readonly offset: number;
  readonly value: string;
}

export class KnownLog {
  readonly #values = new Map<number, Map<number, string>>();
  readonly #offsets = new Map<number, Map<string, number>>();

  /** Where readers disagree, the first one counts. */
  static of(polls: readonly Poll[]): KnownLog {
    const log = new KnownLog();
    for (const { partition, records } of polls) {
      for (const [offset, value] of records) log.#add(partition, offset, value);
    }
    return log;
  }

  get size(): number {
    return [...this.#values.values()].reduce((sum, { size }) => sum + size, 0);
  }

  valueAt(partition: number, offset: number): string | null {
    return this.#values.get(partition)?.get(offset) ?? null;
  }

  offsetOf(partition: number, value: string): number | null {
    return this.#offsets.get(partition)?.get(value) ?? null;
  }

  /** Each partition in the order of its offsets. */
  all(): readonly KnownRecord[] {
    return [...this.#values].flatMap(([partition, values]) =>
      [...values].sort(([one], [other]) => one - other).map(([offset, value]) => ({ partition, offset, value })),
    );
  }

  #add(partition: number, offset: number, value: string): void {
    const values = this.#values.get(partition) ?? new Map<number, string>();
    const offsets = this.#offsets.get(partition) ?? new Map<string, number>();
    this.#values.set(partition, values);
    this.#offsets.set(partition, offsets);
    if (!values.has(offset)) values.set(offset, value);
    if (!offsets.has(value)) offsets.set(value, offset);
  }
}
