/**
 * AddPartitionsToTxn: partitions join a transaction before anything of it is written there, so that the coordinator knows
 * where markers must go; the first ones begin it. And, for the leader of a partition, whether it is in it (KIP-890).
 */
import { reply } from "../coordination/state-machine.js";
import { type ErrorCode, errors } from "../protocol/errors.js";
import { transition } from "./ending/ending.js";
import { holds, holdsAll, type TopicPartitions, withPartitions } from "./partition-set.js";
import { isPrepared } from "./states.js";
import {
  type AddPartitionsCall,
  answer,
  type CallNamed,
  type Circumstances,
  decision,
  type TransactionDecision,
  type VerifyPartitionsCall,
  type VerifyPartitionsReply,
} from "./transaction-types.js";
import type { Transaction, TransactionsState } from "./transactions-state.js";

export function decideAddPartitions(
  state: Readonly<TransactionsState>,
  { request, ticket }: CallNamed<"addPartitions">,
  { now }: Circumstances,
): TransactionDecision {
  const transaction = writableBy(state, request);
  if (typeof transaction === "number") return answer(reply(ticket, { errorCode: transaction }, "at once"));
  const { logged } = transaction;
  const done = { errorCode: errors.NONE.code };
  const isOngoing = logged.state === "Ongoing";
  if (isOngoing && holdsAll(logged.partitions, request.topics))
    return answer(reply(ticket, done, transaction.endOffset));
  const value = transition(logged, {
    state: "Ongoing",
    partitions: withPartitions(logged.partitions, request.topics),
    transactionLastUpdateTimestampMs: now.wallMs,
    transactionStartTimestampMs: isOngoing ? logged.transactionStartTimestampMs : now.wallMs,
    clientTransactionVersion: request.clientTransactionVersion,
  });
  return decision({
    records: [{ transactionalId: transaction.id, value }],
    replies: [reply(ticket, done, "own records")],
  });
}

export function decideVerifyPartitions(
  state: Readonly<TransactionsState>,
  { request, ticket }: CallNamed<"verifyPartitions">,
): TransactionDecision {
  const transaction = writableBy(state, request);
  if (typeof transaction === "number")
    return answer(
      reply(
        ticket,
        verified(request.topics, () => transaction),
        "at once",
      ),
    );
  const { partitions } = transaction.logged;
  const errorOf = (topic: string, partition: number) =>
    holds(partitions, topic, partition) ? errors.NONE.code : errors.TRANSACTION_ABORTABLE.code;
  return answer(reply(ticket, verified(request.topics, errorOf), transaction.endOffset));
}

/** The transaction, if this producer may write within it now; else why not. */
function writableBy(
  { transactions }: Readonly<TransactionsState>,
  { transactionalId, producerId, producerEpoch }: AddPartitionsCall | VerifyPartitionsCall,
): Transaction | ErrorCode {
  if (transactionalId === "") return errors.INVALID_REQUEST.code;
  const transaction = transactions.get(transactionalId);
  if (transaction?.logged.producerId !== producerId) return errors.INVALID_PRODUCER_ID_MAPPING.code;
  if (transaction.logged.producerEpoch !== producerEpoch) return errors.PRODUCER_FENCED.code;
  return isPrepared(transaction.logged.state) ? errors.CONCURRENT_TRANSACTIONS.code : transaction;
}

function verified(
  topics: readonly TopicPartitions[],
  errorOf: (topic: string, partition: number) => ErrorCode,
): VerifyPartitionsReply {
  return {
    topics: topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map((partitionIndex) => ({ partitionIndex, errorCode: errorOf(name, partitionIndex) })),
    })),
  };
}
