/**
 * Where things stand in etcd, under the name of the cluster:
 *
 *     id             the cluster id
 *     epoch          the epoch of the last controller
 *     ctl            the controller; the key hangs on its lease
 *     log/N          the record batch whose first offset is N, in 20 digits
 *     snap/cur       which snapshot counts
 *     snap/N/I       chunk I of the snapshot of everything below offset N: one record batch
 */
export interface Keys {
  readonly id: Uint8Array;
  readonly epoch: Uint8Array;
  readonly controller: Uint8Array;
  readonly currentSnapshot: Uint8Array;
  readonly logEnd: Uint8Array;
  slot(baseOffset: number): Uint8Array;
  /** Of a key from `slot`. */
  baseOffsetOf(slot: Uint8Array): number;
  chunk(next: number, index: number): Uint8Array;
}

/** More than any offset or any number of chunks has; so keys are in the order of their numbers. */
const DIGITS = 20;

export function keysOf(clusterName: string): Keys {
  const key = (rest: string) => Buffer.from(`/${clusterName}/${rest}`);
  const digits = (value: number) => String(value).padStart(DIGITS, "0");
  return {
    id: key("id"),
    epoch: key("epoch"),
    controller: key("ctl"),
    currentSnapshot: key("snap/cur"),
    logEnd: key("log0"), // `0` is the letter behind `/`.
    slot: (baseOffset) => key(`log/${digits(baseOffset)}`),
    baseOffsetOf: (slot) => Number(Buffer.from(slot).subarray(-DIGITS).toString("latin1")),
    chunk: (next, index) => key(`snap/${digits(next)}/${digits(index)}`),
  };
}
