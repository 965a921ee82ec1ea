/** Matches transactional ids with a client's regular expression: pure work, done in slices beside the machine. */
import type { Job } from "../../lib/environment.js";
import type { MatchPatternErrand } from "../transaction-types.js";
import type { ListedTransaction } from "./list-filters.js";

/** Transactional ids matched between two places where others may run. */
const IDS_BETWEEN_YIELDS = 16;

export const matchPattern: Job<MatchPatternErrand, readonly ListedTransaction[]> = {
  name: "match transactional ids with a pattern",
  *run(errand) {
    const matching: ListedTransaction[] = [];
    for (const [i, candidate] of errand.candidates.entries()) {
      if (errand.pattern.matches(candidate.transactionalId)) matching.push(candidate);
      if (i % IDS_BETWEEN_YIELDS === 0) yield;
    }
    return matching;
  },
};
