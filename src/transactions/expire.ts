/** Transactional ids that nobody has used for `transactional.id.expiration.ms` are forgotten, with a tombstone each. */
import type { TransactionRecord } from "./records/transaction-record.js";
import { mayBecome } from "./states.js";
import { type Circumstances, decision, type TransactionDecision } from "./transaction-types.js";
import type { Transaction, TransactionsState } from "./transactions-state.js";

/** Well below any sensible `max.message.bytes`; one more tombstone, with the longest id, fits as well. */
const TOMBSTONES_BYTES_MAX = 256 * 1024;
const TOMBSTONE_FIXED_BYTES = 32;
const UTF8_BYTES_MAX = 3;

/** What does not fit into one batch follows at once in the next. */
export function decideExpiry(state: Readonly<TransactionsState>, circumstances: Circumstances): TransactionDecision {
  const { now, config } = circumstances;
  const records: TransactionRecord[] = [];
  let bytes = 0;
  for (const transaction of state.transactions.values()) {
    if (bytes >= TOMBSTONES_BYTES_MAX) break;
    if (!isExpired(transaction, circumstances)) continue;
    records.push({ transactionalId: transaction.id, value: null });
    bytes += TOMBSTONE_FIXED_BYTES + transaction.id.length * UTF8_BYTES_MAX;
  }
  const intervalMs = bytes >= TOMBSTONES_BYTES_MAX ? 0 : config.transactionRemoveExpiredTransactionCleanupIntervalMs;
  return decision({ records, touches: [{ type: "nextExpiry", atMs: now.monotonicMs + intervalMs }] });
}

function isExpired({ logged }: Transaction, { now, config }: Circumstances): boolean {
  const { state, transactionLastUpdateTimestampMs } = logged;
  return (
    mayBecome(state, "Dead") && transactionLastUpdateTimestampMs <= now.wallMs - config.transactionalIdExpirationMs
  );
}
