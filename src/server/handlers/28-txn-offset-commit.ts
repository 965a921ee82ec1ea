import type { Broker } from "../../broker/broker.js";
import { groupTopic } from "../../broker/internal-topics.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import { TxnOffsetCommit } from "../../protocol/messages/28-txn-offset-commit.js";
import type { RequestOf } from "../../protocol/schema/message.js";
import { ZERO_UUID } from "../../protocol/wire/zero-uuid.js";
import type { RequestContext } from "../context.js";
import { askCoordinator } from "../groups/group-coordinator.js";
import { joinedTopics, refusedTopic, sortOutTopics, withId } from "../groups/group-topics.js";
import { handler } from "../handler.js";
import {
  askForPartitions,
  isVerificationWanted,
  supportOfTxnOffsetCommit,
} from "../transactions/transaction-support.js";

/** Clients before this version crash on COORDINATOR_LOAD_IN_PROGRESS (KAFKA-7296). */
const LOADING_KNOWN_SINCE = 2;

type Request = RequestOf<typeof TxnOffsetCommit>;

/** TxnOffsetCommit: stores how far a group has read, as part of a transaction. */
export const txnOffsetCommit = handler(TxnOffsetCommit, { from: 0, to: 5 }, async (broker, request, context) => {
  const { groupId, transactionalId } = request;
  const named = request.topics.map((topic) => withId({ topicId: ZERO_UUID, ...topic }, context));
  const allRefused = (errorCode: ErrorCode) => ({ topics: named.map((topic) => refusedTopic(topic, errorCode)) });
  if (!context.authorize("Write", "TransactionalId", transactionalId)) {
    return allRefused(errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED.code);
  }
  if (!context.authorize("Read", "Group", groupId)) return allRefused(errors.GROUP_AUTHORIZATION_FAILED.code);
  const { accepted, refused } = sortOutTopics(named, context);
  if (accepted.length === 0) return { topics: joinedTopics(refused, []) };
  const failed = (errorCode: ErrorCode) => {
    const told = inWordsOf(context.apiVersion, errorCode);
    return {
      topics: joinedTopics(
        refused,
        accepted.map((topic) => refusedTopic(topic, told)),
      ),
    };
  };
  if (groupId === "") return failed(errors.INVALID_GROUP_ID.code);
  const verified = await verify(broker, request, context);
  if (verified !== errors.NONE.code) return failed(verified);
  const outcome = await askCoordinator(broker, context, groupId, "txnOffsetCommit", { ...request, topics: accepted });
  return "reply" in outcome ? { topics: joinedTopics(refused, outcome.reply.topics) } : failed(outcome.errorCode);
});

/** The partition that keeps the group's offsets must belong to the transaction, like any other that is written to. */
async function verify(broker: Broker, request: Request, { apiVersion }: RequestContext): Promise<ErrorCode> {
  const { transactionalId, producerId, producerEpoch } = request;
  const support = supportOfTxnOffsetCommit(apiVersion);
  if (!isVerificationWanted(broker, support)) return errors.NONE.code;
  const index = broker.groups.partitionOf(request.groupId);
  if (index === null) return errors.COORDINATOR_NOT_AVAILABLE.code;
  const partition = broker.partitions.get(groupTopic, index);
  if (partition === undefined) return errors.NOT_COORDINATOR.code;
  const supportsEpochBump = support === "adds partitions";
  const begin = () => partition.beginVerification({ producerId, producerEpoch, baseSequence: -1, supportsEpochBump });
  const begun = begin();
  if (begun === "open") return errors.NONE.code;
  if ("errorCode" in begun) return ofCoordinator(begun.errorCode);
  const place = { topic: groupTopic, partition: index };
  const [errorCode = errors.NONE.code] = await askForPartitions(
    broker,
    { transactionalId, producerId, producerEpoch },
    [place],
    support,
  );
  if (errorCode !== errors.NONE.code) return errorCode;
  // A marker that came meanwhile has ended the transaction: the guard is gone.
  const now = begin();
  if (now === begun || now === "open") return errors.NONE.code;
  // Another broker may have begun to lead meanwhile.
  return "errorCode" in now ? ofCoordinator(now.errorCode) : errors.INVALID_TXN_STATE.code;
}

/** Who leads the partition of a group is its coordinator, and clients look for a coordinator. */
function ofCoordinator(errorCode: ErrorCode): ErrorCode {
  return errorCode === errors.NOT_LEADER_OR_FOLLOWER.code ? errors.NOT_COORDINATOR.code : errorCode;
}

function inWordsOf(apiVersion: number, errorCode: ErrorCode): ErrorCode {
  const isNewWord = apiVersion < LOADING_KNOWN_SINCE && errorCode === errors.COORDINATOR_LOAD_IN_PROGRESS.code;
  return isNewWord ? errors.COORDINATOR_NOT_AVAILABLE.code : errorCode;
}
