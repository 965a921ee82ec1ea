/** What the group machine can be asked: the protocol's own requests and answers, and what it must know of the caller. */
import type { OffsetCommit } from "../protocol/messages/08-offset-commit.js";
import type { OffsetFetch } from "../protocol/messages/09-offset-fetch.js";
import type { JoinGroup } from "../protocol/messages/11-join-group.js";
import type { Heartbeat } from "../protocol/messages/12-heartbeat.js";
import type { LeaveGroup } from "../protocol/messages/13-leave-group.js";
import type { SyncGroup } from "../protocol/messages/14-sync-group.js";
import type { DescribeGroups } from "../protocol/messages/15-describe-groups.js";
import type { ListGroups } from "../protocol/messages/16-list-groups.js";
import type { TxnOffsetCommit } from "../protocol/messages/28-txn-offset-commit.js";
import type { DeleteGroups } from "../protocol/messages/42-delete-groups.js";
import type { OffsetDelete } from "../protocol/messages/47-offset-delete.js";
import type { ConsumerGroupHeartbeat } from "../protocol/messages/68-consumer-group-heartbeat.js";
import type { ConsumerGroupDescribe } from "../protocol/messages/69-consumer-group-describe.js";
import type { RequestOf, ResponseOf } from "../protocol/schema/message.js";

/** Some answers depend on what the caller can understand. */
interface Caller {
  readonly apiVersion: number;
}

/** Who joins. */
interface JoiningCaller extends Caller {
  /** Empty where the request had none. */
  readonly clientId: string;
  /** As Kafka writes it into the log: a slash and the address, such as `/127.0.0.1`. */
  readonly clientHost: string;
  /** Chance, made outside: becomes the member's id or the end of it, should it need one. */
  readonly freshUuid: string;
}

export type JoinGroupCall = RequestOf<typeof JoinGroup> & JoiningCaller;
/** Without a protocol the name is null, which no version before 7 can carry: there it is the empty name. */
export type JoinGroupReply = ResponseOf<typeof JoinGroup>;

export type SyncGroupCall = RequestOf<typeof SyncGroup>;
export type SyncGroupReply = ResponseOf<typeof SyncGroup>;

export type HeartbeatCall = RequestOf<typeof Heartbeat>;
export type HeartbeatReply = ResponseOf<typeof Heartbeat>;

export type LeaveGroupCall = RequestOf<typeof LeaveGroup> & Caller;
export type LeaveGroupReply = ResponseOf<typeof LeaveGroup>;

/** Topics carry their name at every version, and their id where it is known. */
export type OffsetCommitCall = RequestOf<typeof OffsetCommit> & Caller;
export type OffsetCommitReply = ResponseOf<typeof OffsetCommit>;

type TxnOffsetCommitRequest = RequestOf<typeof TxnOffsetCommit>;
/** Topics carry their id as well. */
export interface TxnOffsetCommitCall extends Omit<TxnOffsetCommitRequest, "topics"> {
  readonly topics: readonly (TxnOffsetCommitRequest["topics"][number] & { readonly topicId: string })[];
}
export type TxnOffsetCommitReply = ResponseOf<typeof TxnOffsetCommit>;

/** One group of an OffsetFetch, in the form that requests have since version 8; topics carry their name. */
export type OffsetFetchCall = RequestOf<typeof OffsetFetch>["groups"][number] & { readonly requireStable: boolean };
export type OffsetFetchReply = NonNullable<ResponseOf<typeof OffsetFetch>["groups"]>[number];

export type OffsetDeleteCall = RequestOf<typeof OffsetDelete>;
export type OffsetDeleteReply = ResponseOf<typeof OffsetDelete>;

export interface DescribeGroupsCall extends Caller {
  readonly groupIds: readonly string[];
}
export type DescribeGroupsReply = ResponseOf<typeof DescribeGroups>["groups"];

export type ListGroupsCall = RequestOf<typeof ListGroups>;
export type ListGroupsReply = ResponseOf<typeof ListGroups>["groups"];

export interface DeleteGroupsCall {
  readonly groupIds: readonly string[];
}
export type DeleteGroupsReply = ResponseOf<typeof DeleteGroups>["results"];

export type ConsumerGroupHeartbeatCall = RequestOf<typeof ConsumerGroupHeartbeat> & JoiningCaller;
export type ConsumerGroupHeartbeatReply = ResponseOf<typeof ConsumerGroupHeartbeat>;

export interface ConsumerGroupDescribeCall {
  readonly groupIds: readonly string[];
}
export type ConsumerGroupDescribeReply = ResponseOf<typeof ConsumerGroupDescribe>["groups"];

export type GroupCalls = {
  joinGroup: { request: JoinGroupCall; reply: JoinGroupReply };
  syncGroup: { request: SyncGroupCall; reply: SyncGroupReply };
  heartbeat: { request: HeartbeatCall; reply: HeartbeatReply };
  leaveGroup: { request: LeaveGroupCall; reply: LeaveGroupReply };
  offsetCommit: { request: OffsetCommitCall; reply: OffsetCommitReply };
  txnOffsetCommit: { request: TxnOffsetCommitCall; reply: TxnOffsetCommitReply };
  offsetFetch: { request: OffsetFetchCall; reply: OffsetFetchReply };
  offsetDelete: { request: OffsetDeleteCall; reply: OffsetDeleteReply };
  describeGroups: { request: DescribeGroupsCall; reply: DescribeGroupsReply };
  listGroups: { request: ListGroupsCall; reply: ListGroupsReply };
  consumerGroupHeartbeat: { request: ConsumerGroupHeartbeatCall; reply: ConsumerGroupHeartbeatReply };
  consumerGroupDescribe: { request: ConsumerGroupDescribeCall; reply: ConsumerGroupDescribeReply };
  deleteGroups: { request: DeleteGroupsCall; reply: DeleteGroupsReply };
};
