/** Who fetches, and what follows from it for every partition: a follower of this broker's, or a consumer. */
import type { Broker } from "../../broker/broker.js";
import { RACK_AWARE } from "../../cluster/replication/leading/replica-selector.js";
import type { ReadUpTo } from "../../cluster/replication/partition.js";
import type { TopicImage } from "../../metadata/image/image.js";
import type { Fetch } from "../../protocol/messages/01-fetch.js";
import type { RequestOf } from "../../protocol/schema/message.js";
import { clusterResource } from "../../security/authorizer.js";
import type { RequestContext } from "../context.js";

type FetchRequest = RequestOf<typeof Fetch>;

export interface FetchCaller {
  readonly upTo: ReadUpTo;
  /** Null: a consumer. */
  readonly follower: { readonly brokerId: number; readonly brokerEpoch: number } | null;
  /**
   * Since version 11 consumers are served by any replica (KIP-392), also where nobody sent them there: one that does not
   * tell the epoch it knows may read on from a broker that leads no more.
   */
  readonly anyReplica: boolean;
  /** Of a consumer that is sent to the nearest replica; null: nobody sends it anywhere. */
  readonly rack: string | null;
  /** A follower from which consumers read is told at once when more is committed. It costs a request each time. */
  readonly wantsCommits: boolean;
  mayRead(topic: TopicImage): boolean;
}

const READ_COMMITTED = 1;
const ANY_REPLICA_SINCE = 11;

export function fetchCaller({ config }: Broker, request: FetchRequest, context: RequestContext): FetchCaller {
  const isRackAware = config.replication.replicaSelectorClass === RACK_AWARE;
  const follower = followerIn(request);
  if (follower !== null) {
    const mayFollow = context.authorize("ClusterAction", "Cluster", clusterResource);
    return {
      upTo: "end of log",
      follower,
      anyReplica: false,
      rack: null,
      wantsCommits: isRackAware,
      mayRead: () => mayFollow,
    };
  }
  return {
    upTo: request.isolationLevel === READ_COMMITTED ? "last stable offset" : "high watermark",
    follower,
    anyReplica: context.apiVersion >= ANY_REPLICA_SINCE,
    rack: isRackAware && request.rackId !== "" ? request.rackId : null,
    wantsCommits: false,
    mayRead: ({ name }) => context.authorize("Read", "Topic", name),
  };
}

/** Since version 15 a follower tells the epoch of its broker with its id (KIP-903). */
function followerIn({ replicaId, replicaState }: FetchRequest): FetchCaller["follower"] {
  const brokerId = Math.max(replicaId, replicaState.replicaId);
  return brokerId < 0 ? null : { brokerId, brokerEpoch: replicaState.replicaEpoch };
}
