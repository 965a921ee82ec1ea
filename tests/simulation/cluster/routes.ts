/** To which broker of a cluster a request goes: to the leader of its partition, to a coordinator, or to any. */
import { Produce } from "../../../src/protocol/messages/00-produce.js";
import { Fetch } from "../../../src/protocol/messages/01-fetch.js";
import { ListOffsets } from "../../../src/protocol/messages/02-list-offsets.js";
import { OffsetCommit } from "../../../src/protocol/messages/08-offset-commit.js";
import { OffsetFetch } from "../../../src/protocol/messages/09-offset-fetch.js";
import { JoinGroup } from "../../../src/protocol/messages/11-join-group.js";
import { Heartbeat } from "../../../src/protocol/messages/12-heartbeat.js";
import { LeaveGroup } from "../../../src/protocol/messages/13-leave-group.js";
import { SyncGroup } from "../../../src/protocol/messages/14-sync-group.js";
import { DeleteRecords } from "../../../src/protocol/messages/21-delete-records.js";
import { InitProducerId } from "../../../src/protocol/messages/22-init-producer-id.js";
import { OffsetForLeaderEpoch } from "../../../src/protocol/messages/23-offset-for-leader-epoch.js";
import { AddPartitionsToTxn } from "../../../src/protocol/messages/24-add-partitions-to-txn.js";
import { AddOffsetsToTxn } from "../../../src/protocol/messages/25-add-offsets-to-txn.js";
import { EndTxn } from "../../../src/protocol/messages/26-end-txn.js";
import { TxnOffsetCommit } from "../../../src/protocol/messages/28-txn-offset-commit.js";
import { ConsumerGroupHeartbeat } from "../../../src/protocol/messages/68-consumer-group-heartbeat.js";
import type { Api, RequestToSend } from "../../../src/protocol/schema/message.js";

export type Route =
  | { readonly to: "any" }
  /** `topic`: its name or its id. */
  | { readonly to: "leader"; readonly topic: string; readonly partition: number }
  | { readonly to: "coordinator"; readonly keyType: 0 | 1; readonly key: string };

const any: Route = { to: "any" };
const group = (key: string | undefined): Route => (key === undefined ? any : { to: "coordinator", keyType: 0, key });
const transaction = (key: string | null | undefined): Route =>
  key == null ? any : { to: "coordinator", keyType: 1, key };
const leader = (topic: string | undefined, partition: number | undefined): Route =>
  topic === undefined || partition === undefined ? any : { to: "leader", topic, partition };

/** Every request of the simulated clients is about one partition, one group, or one transactional id. */
const routes = new Map<Api, (body: never) => Route>([
  rule(Produce, ({ topicData: [topic] }) => leader(topic?.topicId ?? topic?.name, topic?.partitionData[0]?.index)),
  rule(Fetch, ({ topics: [topic] }) => leader(topic?.topicId ?? topic?.topic, topic?.partitions[0]?.partition)),
  rule(ListOffsets, ({ topics: [topic] }) => leader(topic?.name, topic?.partitions[0]?.partitionIndex)),
  rule(DeleteRecords, ({ topics: [topic] }) => leader(topic?.name, topic?.partitions[0]?.partitionIndex)),
  rule(OffsetForLeaderEpoch, ({ topics: [topic] }) => leader(topic?.topic, topic?.partitions[0]?.partition)),
  rule(OffsetCommit, ({ groupId }) => group(groupId)),
  rule(OffsetFetch, ({ groups }) => group(groups?.[0]?.groupId)),
  rule(JoinGroup, ({ groupId }) => group(groupId)),
  rule(SyncGroup, ({ groupId }) => group(groupId)),
  rule(Heartbeat, ({ groupId }) => group(groupId)),
  rule(LeaveGroup, ({ groupId }) => group(groupId)),
  rule(ConsumerGroupHeartbeat, ({ groupId }) => group(groupId)),
  rule(TxnOffsetCommit, ({ groupId }) => group(groupId)),
  rule(InitProducerId, ({ transactionalId }) => transaction(transactionalId)),
  rule(AddPartitionsToTxn, ({ v3AndBelowTransactionalId }) => transaction(v3AndBelowTransactionalId)),
  rule(AddOffsetsToTxn, ({ transactionalId }) => transaction(transactionalId)),
  rule(EndTxn, ({ transactionalId }) => transaction(transactionalId)),
]);

export function routeOf<A extends Api>(api: A, body: RequestToSend<A>): Route {
  // A rule takes the requests of the API under which it stands.
  const rule = routes.get(api) as ((body: RequestToSend<A>) => Route) | undefined;
  return rule?.(body) ?? any;
}

export function nameOf(route: Route): string {
  if (route.to === "any") return "any";
  return route.to === "leader" ? `${route.topic} ${route.partition}` : `${route.keyType} ${route.key}`;
}

function rule<A extends Api>(api: A, find: (body: RequestToSend<A>) => Route): [Api, (body: never) => Route] {
  return [api, find];
}
