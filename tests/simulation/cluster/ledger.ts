/** What clients have sent, were promised, and have read: every later look must agree with it. */
import { invariant } from "../../../src/lib/invariant.js";
import type { FetchedRecord } from "../records-in.js";

interface PartitionLedger {
  /** By offset: what a producer was told lies there. */
  readonly promised: Map<number, string>;
  /** By offset: what a reader has seen there. */
  readonly read: Map<number, string>;
}

export class Ledger {
  readonly #sent = new Set<string>();
  readonly #partitions: readonly PartitionLedger[];

  constructor(partitions: number) {
    this.#partitions = Array.from({ length: partitions }, () => ({ promised: new Map(), read: new Map() }));
  }

  get acknowledged(): number {
    return this.#partitions.reduce((sum, { promised }) => sum + promised.size, 0);
  }

  sending(values: readonly string[]): void {
    for (const value of values) this.#sent.add(value);
  }

  promised(partition: number, baseOffset: number, values: readonly string[]): void {
    const { promised, read } = this.#of(partition);
    values.forEach((value, index) => {
      const offset = baseOffset + index;
      invariant(!promised.has(offset), `offset ${offset} of partition ${partition} is promised once`);
      const seen = read.get(offset) ?? value;
      invariant(seen === value, `offset ${offset} of partition ${partition} was read as ${seen}, promised to ${value}`);
      promised.set(offset, value);
    });
  }

  /** Records stay what they were when somebody saw them first, and keep what was promised. */
  wasRead(partition: number, records: readonly FetchedRecord[]): void {
    const { promised, read } = this.#of(partition);
    for (const { offset, value } of records) {
      const where = `offset ${offset} of partition ${partition}`;
      invariant(this.#sent.has(value), `${where} holds what somebody sent, not ${value}`);
      const before = read.get(offset) ?? promised.get(offset) ?? value;
      invariant(before === value, `${where} was ${before} and is ${value} now`);
      read.set(offset, value);
    }
  }

  /** The highest offset that anybody has heard of; -1: none. */
  lastKnown(partition: number): number {
    const { promised, read } = this.#of(partition);
    return Math.max(-1, ...promised.keys(), ...read.keys());
  }

  /** The whole partition, after all: everything that was promised is there, and nothing twice. */
  isWhole(partition: number, records: readonly FetchedRecord[]): void {
    this.wasRead(partition, records);
    const byOffset = new Map(records.map(({ offset, value }) => [offset, value]));
    const { promised, read } = this.#of(partition);
    for (const [offset, value] of [...promised, ...read]) {
      const found = byOffset.get(offset);
      invariant(found === value, `offset ${offset} of partition ${partition} was ${value} and is ${found} in the end`);
    }
    const values = records.map(({ value }) => value);
    const repeated = values.find((value, index) => values.indexOf(value) !== index);
    invariant(repeated === undefined, `${repeated} lies once in partition ${partition}`);
  }

  #of(partition: number): PartitionLedger {
    const ledger = this.#partitions[partition];
    invariant(ledger !== undefined, "clients use the partitions that there are");
    return ledger;
  }
}
