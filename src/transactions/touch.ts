/** The only code that changes what the log does not say: markers on their way, and when to look for what next. */
import { unreachable } from "../lib/invariant.js";
import type { TransactionTouch } from "./transaction-types.js";
import type { TransactionsState } from "./transactions-state.js";

export function touchTransactions(state: TransactionsState, touch: TransactionTouch): void {
  switch (touch.type) {
    case "lastProducerEpoch": {
      const transaction = state.transactions.get(touch.transactionalId);
      if (transaction !== undefined) transaction.lastProducerEpoch = touch.epoch;
      break;
    }
    case "markersSent":
      state.markers.set(touch.transactionalId, { partitions: touch.partitions, underWay: true });
      break;
    case "markersWait":
      state.markers.set(touch.transactionalId, { partitions: touch.partitions, underWay: false });
      break;
    case "markersDone":
      state.markers.delete(touch.transactionalId);
      break;
    case "retryMarkers":
      state.retryMarkersAtMs = touch.atMs;
      break;
    case "nextTimeoutCheck":
      state.nextTimeoutCheckMs = touch.atMs;
      break;
    case "postponeTimeout":
      state.timeoutsPostponed.set(touch.transactionalId, touch.untilMs);
      break;
    case "nextExpiry":
      state.nextExpiryMs = touch.atMs;
      break;
    case "metadata":
      state.metadata = touch.metadata;
      break;
    default:
      unreachable(touch);
  }
}
