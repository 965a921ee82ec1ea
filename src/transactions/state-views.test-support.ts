/** The state of a shard as plain values that tests can compare, and what must always be true of it and of its log. */
import { expect } from "vitest";
import { type LoggedTransaction, transactionRecordCodec } from "./records/transaction-record.js";
import { epochAfter, isPrepared, mayBecome } from "./states.js";
import type { TransactionShard } from "./transaction-shard.test-support.js";
import type { TransactionsState } from "./transactions-state.js";

/** What the log says: replaying it must give the same. */
export function loggedHalf(state: TransactionsState) {
  return {
    endOffset: state.endOffset,
    removalEndOffset: state.removalEndOffset,
    ongoing: [...state.ongoing].sort(),
    transactions: [...state.transactions.values()]
      .map(({ id, logged, endOffset }) => ({ id, logged, endOffset }))
      .sort((one, other) => (one.id < other.id ? -1 : 1)),
  };
}

/** All of it. A decision must leave it as it is. */
export function wholeState(state: TransactionsState): string {
  const { metadata: _, ...rest } = state;
  return JSON.stringify(rest, (_key, value) => (value instanceof Map || value instanceof Set ? [...value] : value));
}

export function expectConsistent({ state, errands }: TransactionShard): void {
  const prepared = [...state.transactions.values()].filter(({ logged }) => isPrepared(logged.state));
  expect([...state.markers.keys()].sort()).toEqual(prepared.map(({ id }) => id).sort());
  for (const [id, { underWay }] of state.markers) {
    const out = errands.filter((errand) => errand.type === "writeMarkers" && errand.transactionalId === id);
    expect(out).toHaveLength(underWay ? 1 : 0);
    if (!underWay) expect(state.retryMarkersAtMs).not.toBeNull();
  }
  const ongoing = [...state.transactions.values()].filter(({ logged }) => logged.state === "Ongoing");
  expect([...state.ongoing].sort()).toEqual(ongoing.map(({ id }) => id).sort());
  for (const id of state.timeoutsPostponed.keys()) expect(state.ongoing).toContain(id);
}

/** Each transactional id goes from state to state as the table says, and its epochs only forward. */
export function expectSoundHistory({ log }: TransactionShard): void {
  const latest = new Map<string, LoggedTransaction>();
  const owners = new Map<number, string>();
  for (const { key, value } of log) {
    const record = transactionRecordCodec.decode(key, value);
    if (record === null) continue;
    const { transactionalId } = record;
    const before = latest.get(transactionalId);
    if (record.value === null) {
      expect(before !== undefined && mayBecome(before.state, "Dead")).toBe(true);
      latest.delete(transactionalId);
      continue;
    }
    expect(owners.get(record.value.producerId) ?? transactionalId).toBe(transactionalId);
    owners.set(record.value.producerId, transactionalId);
    if (before !== undefined) expectSoundStep(before, record.value, transactionalId);
    latest.set(transactionalId, record.value);
  }
}

function expectSoundStep(before: LoggedTransaction, after: LoggedTransaction, what: string): void {
  expect(mayBecome(before.state, after.state), `${what}: ${before.state} to ${after.state}`).toBe(true);
  expect(after.previousProducerId).toBe(before.producerId);
  if (after.producerId !== before.producerId) {
    expect(after.producerEpoch).toBe(0);
    expect(["Empty", "CompleteCommit", "CompleteAbort"]).toContain(after.state);
  } else {
    expect([before.producerEpoch, epochAfter(before.producerEpoch)]).toContain(after.producerEpoch);
  }
  if (isPrepared(before.state)) {
    expect(after.state).toBe(before.state === "PrepareCommit" ? "CompleteCommit" : "CompleteAbort");
    expect(after.producerId).toBe(before.nextProducerId === -1 ? before.producerId : before.nextProducerId);
  }
  if (isPrepared(after.state)) expect(after.partitions).toEqual(before.partitions);
}
