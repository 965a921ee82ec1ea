/** What the transaction coordinator wants done beside its log. Nothing here rejects: what went wrong is the result. */
import type { Environment } from "../../lib/environment.js";
import { unreachable } from "../../lib/invariant.js";
import type { Logger } from "../../observability/logger.js";
import { matchPattern } from "../../transactions/inquiries/match-pattern.js";
import type {
  MatchPatternErrand,
  TransactionErrand,
  TransactionErrandResult,
} from "../../transactions/transaction-types.js";
import type { ProducerIds } from "../controlling/producer-ids.js";
import type { MarkerDelivery } from "./marker-delivery.js";

interface Hands {
  readonly environment: Environment;
  readonly logger: Logger;
  readonly producerIds: ProducerIds;
  readonly delivery: MarkerDelivery;
}

export async function runTransactionErrand(errand: TransactionErrand, hands: Hands): Promise<TransactionErrandResult> {
  switch (errand.type) {
    case "writeMarkers":
      return { type: "markersWritten", errand, results: await hands.delivery.write(errand, errand.partitions) };
    case "allocateProducerId":
      return { type: "producerIdAllocated", errand, outcome: await hands.producerIds.next() };
    case "matchPattern":
      return match(errand, hands);
    default:
      return unreachable(errand);
  }
}

/** Patterns are matched by an engine that no pattern can stop, in slices. */
async function match(errand: MatchPatternErrand, { environment, logger }: Hands): Promise<TransactionErrandResult> {
  const matching = await environment.offload(matchPattern, errand).catch((error: unknown) => {
    logger.error({ err: error }, "a pattern of transactional ids could not be matched");
    return [];
  });
  return { type: "patternMatched", errand, matching };
}
