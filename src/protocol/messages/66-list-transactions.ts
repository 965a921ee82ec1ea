/**
 * ListTransactions: the transactional ids that a broker coordinates, with the states of their transactions (KIP-664).
 *
 * 0  the first; filters by state and by producer id
 * 1  a filter by how long the transaction has run (KIP-994)
 * 2  a filter by a regular expression over the transactional id (KIP-1152)
 */
import { array, id, int16, int32, quantity, string } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const ListTransactions = api({
  key: 66,
  name: "ListTransactions",
  versions: "0-2",
  flexible: "0+",
  request: {
    stateFilters: array(string()),
    producerIdFilters: array(id()),
    durationFilter: quantity({ versions: "1+", default: -1 }),
    transactionalIdPattern: string({ versions: "2+", nullable: "2+", default: null }),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    errorCode: int16(),
    unknownStateFilters: array(string()),
    transactionStates: array({
      transactionalId: string(),
      producerId: id(),
      transactionState: string(),
    }),
  },
});
