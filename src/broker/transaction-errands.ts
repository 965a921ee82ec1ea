/** What the transaction coordinator wants done beside its log. Nothing here rejects: what went wrong is the result. */
import type { Environment } from "../lib/environment.js";
import { unreachable } from "../lib/invariant.js";
import type { Logger } from "../observability/logger.js";
import { matchPattern } from "../transactions/match-pattern.js";
import type {
  MatchPatternErrand,
  TransactionErrand,
  TransactionErrandResult,
  WriteMarkersErrand,
} from "../transactions/transaction-types.js";
import type { ProducerIds } from "./producer-ids.js";
import type { TransactionMarkers } from "./transaction-markers.js";

interface Hands {
  readonly environment: Environment;
  readonly logger: Logger;
  readonly producerIds: ProducerIds;
  readonly markers: TransactionMarkers;
}

export async function runTransactionErrand(errand: TransactionErrand, hands: Hands): Promise<TransactionErrandResult> {
  switch (errand.type) {
    case "writeMarkers":
      return writeMarkers(errand, hands);
    case "allocateProducerId":
      return { type: "producerIdAllocated", errand, outcome: await hands.producerIds.next() };
    case "matchPattern":
      return match(errand, hands);
    default:
      return unreachable(errand);
  }
}

/** Every partition has its own answer; what failed for a reason of ours is left out, and so tried again. */
async function writeMarkers(errand: WriteMarkersErrand, { markers, logger }: Hands): Promise<TransactionErrandResult> {
  const written = errand.partitions.map(async ({ topic, partition }) => {
    try {
      return [{ topic, partition, errorCode: await markers.write(errand, topic, partition) }];
    } catch (error) {
      logger.error({ err: error, topic, partition }, "the end of a transaction could not be written");
      return [];
    }
  });
  return { type: "markersWritten", errand, results: (await Promise.all(written)).flat() };
}

/** Patterns are matched by an engine that no pattern can stop, in slices. */
async function match(errand: MatchPatternErrand, { environment, logger }: Hands): Promise<TransactionErrandResult> {
  const matching = await environment.offload(matchPattern, errand).catch((error: unknown) => {
    logger.error({ err: error }, "a pattern of transactional ids could not be matched");
    return [];
  });
  return { type: "patternMatched", errand, matching };
}
