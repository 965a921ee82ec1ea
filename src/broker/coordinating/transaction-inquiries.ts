import { Batches } from "../../cluster/peers/batches.js";
import { type PeerOutcome, type Peers, REQUEST_TIMEOUT_MS } from "../../cluster/peers/peers.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import { AddPartitionsToTxn } from "../../protocol/messages/24-add-partitions-to-txn.js";
import type { RequestToSend, ResponseReceived } from "../../protocol/schema/message.js";

/** Partitions that shall become part of a transaction, or (`verifyOnly`) of which one wants to know whether they are. */
export type TransactionInquiry = NonNullable<RequestToSend<typeof AddPartitionsToTxn>["transactions"]>[number];

export type InquiryAnswer =
  | { readonly topics: readonly TopicAnswer[] }
  /** There is no answer. */
  | { readonly errorCode: ErrorCode };

type Response = ResponseReceived<typeof AddPartitionsToTxn>;
type TopicAnswer = Response["resultsByTransaction"][number]["topicResults"][number];

/** Transactions: a thousand partitions in each fit into a request. */
const limits = { itemsMax: 200, waitingMax: 100_000 } as const;

/** KIP-890: the leader of a partition asks the coordinator of a transaction, where that is another broker. */
export class TransactionInquiries {
  readonly #batches: Batches<TransactionInquiry, InquiryAnswer>;

  constructor(peers: Peers) {
    this.#batches = new Batches({
      limits,
      full: () => ({ errorCode: errors.COORDINATOR_NOT_AVAILABLE.code }),
      ask: async (brokerId, transactions) => {
        const options = { timeoutMs: REQUEST_TIMEOUT_MS };
        const outcome = await peers.send(brokerId, "verification", AddPartitionsToTxn, { transactions }, options);
        return transactions.map(({ transactionalId }, i) => answerOf(outcome, transactionalId, i));
      },
    });
  }

  ask(coordinatorId: number, inquiry: TransactionInquiry): Promise<InquiryAnswer> {
    return this.#batches.ask(coordinatorId, inquiry);
  }
}

/** The results come in the order of the transactions. A coordinator that cannot be reached may be elsewhere soon. */
function answerOf(outcome: PeerOutcome<Response>, transactionalId: string, index: number): InquiryAnswer {
  if ("errorCode" in outcome) return { errorCode: errors.COORDINATOR_NOT_AVAILABLE.code };
  const { errorCode, resultsByTransaction } = outcome.response;
  if (errorCode !== errors.NONE.code) return { errorCode: errorCode as ErrorCode };
  const result = resultsByTransaction[index];
  return result?.transactionalId === transactionalId
    ? { topics: result.topicResults }
    : { errorCode: errors.UNKNOWN_SERVER_ERROR.code };
}
