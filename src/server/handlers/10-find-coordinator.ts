import type { Broker } from "../../broker/broker.js";
import { partitionFor } from "../../broker/coordinating/shards.js";
import { groupTopic, transactionTopic } from "../../broker/internal-topics.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import { FindCoordinator } from "../../protocol/messages/10-find-coordinator.js";
import type { RequestContext } from "../context.js";
import { handler } from "../handler.js";

const keyTypes = { group: 0, transaction: 1, share: 2 } as const;
const topicOfKeys: ReadonlyMap<number, string> = new Map([
  [keyTypes.group, groupTopic],
  [keyTypes.transaction, transactionTopic],
]);

interface Coordinator {
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
  readonly errorCode: ErrorCode;
  readonly errorMessage: string;
}

/** FindCoordinator: the broker that leads the partition in which a group lives. From version 4 on for several keys. */
export const findCoordinator = handler(FindCoordinator, { from: 0, to: 6 }, async (broker, request, context) => {
  const keys = context.apiVersion >= 4 ? request.coordinatorKeys : [request.key];
  await createTopicOf(broker, request.keyType);
  const found = keys.map((key) => find(broker, context, request.keyType, key));
  const coordinators = found.map((coordinator, i) => ({ key: keys[i] ?? "", ...coordinator }));
  const [first = failed(errors.INVALID_REQUEST.code, "")] = found;
  return context.apiVersion >= 4
    ? { ...first, coordinators }
    : // Like Apache Kafka, which says in words that nothing is wrong.
      { ...first, errorMessage: first.errorMessage === "" ? "NONE" : first.errorMessage };
});

/**
 * The topic in which groups live is made at the start of the broker, and may have been deleted since; that of transactions
 * is made when somebody asks for it first, since many clusters never need it.
 */
async function createTopicOf(broker: Broker, keyType: number): Promise<void> {
  const topic = topicOfKeys.get(keyType);
  if (topic !== undefined && !broker.image.topicsByName.has(topic)) await broker.topicCreation.create([topic]);
}

function find(broker: Broker, context: RequestContext, keyType: number, key: string): Coordinator {
  switch (keyType) {
    case keyTypes.group:
      if (context.authorize("Describe", "Group", key)) return coordinatorIn(groupTopic, broker, context, key);
      return failed(errors.GROUP_AUTHORIZATION_FAILED.code, "Group authorization failed.");
    case keyTypes.transaction:
      if (context.authorize("Describe", "TransactionalId", key)) {
        return coordinatorIn(transactionTopic, broker, context, key);
      }
      return failed(errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED.code, "Transactional id authorization failed.");
    case keyTypes.share:
      // A retriable error would make clients ask until they time out, and never say why.
      if (context.apiVersion >= 6) return notServed("Share groups");
      return failed(errors.INVALID_REQUEST.code, "");
    default:
      return failed(errors.INVALID_REQUEST.code, `There is no coordinator of type ${keyType}.`);
  }
}

function coordinatorIn(topic: string, broker: Broker, context: RequestContext, key: string): Coordinator {
  // The newest image, not the context's: the topic may just have been created.
  const partitions = broker.image.topicsByName.get(topic)?.partitions ?? [];
  const leader = partitions[partitionFor(key, partitions.length)]?.leader ?? -1;
  const address = context.endpointOf(leader);
  if (address === null) return failed(errors.COORDINATOR_NOT_AVAILABLE.code, "The coordinator is not available.");
  return { nodeId: leader, ...address, errorCode: errors.NONE.code, errorMessage: "" };
}

function notServed(what: string): Coordinator {
  return failed(errors.UNSUPPORTED_VERSION.code, `${what} are not supported by this broker yet.`);
}

function failed(errorCode: ErrorCode, errorMessage: string): Coordinator {
  return { nodeId: -1, host: "", port: -1, errorCode, errorMessage };
}
