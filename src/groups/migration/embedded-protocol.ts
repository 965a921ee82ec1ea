/**
 * What consumers write into the opaque bytes of the classic protocol: subscriptions, which members send, and assignments,
 * which they are given. The bytes begin with a version; what a later version adds stands behind what is known here.
 */
import { int16At, prefixed } from "../../coordination/record-bytes.js";
import type { MetadataImage } from "../../metadata/image/image.js";
import { decode } from "../../protocol/schema/codec.js";
import { array, bytes, int32, string } from "../../protocol/schema/fields.js";
import { type DecodedOf, type Message, message } from "../../protocol/schema/message.js";
import type { Partitions } from "../assignors/assignor.js";
import { noBytes } from "../classic/classic-group.js";
import { ownBytes } from "../own-bytes.js";

const LAST_VERSION = 3;
const VERSION_BYTES = 2;

const ConsumerProtocolSubscription = message({
  name: "ConsumerProtocolSubscription",
  versions: "0-3",
  flexible: "none",
  fields: {
    topics: array(string()),
    userData: bytes({ nullable: "0+", default: null }),
    ownedPartitions: array({ topic: string(), partitions: array(int32()) }, { versions: "1+" }),
    generationId: int32({ versions: "2+", default: -1 }),
    rackId: string({ versions: "3+", nullable: "3+", default: null }),
  },
});

const ConsumerProtocolAssignment = message({
  name: "ConsumerProtocolAssignment",
  versions: "0-3",
  flexible: "none",
  fields: {
    assignedPartitions: array({ topic: string(), partitions: array(int32()) }),
    userData: bytes({ nullable: "0+", default: null }),
  },
});

export interface Subscription {
  readonly topicNames: readonly string[];
  readonly rackId: string | null;
  /** What the member still has. Old versions do not say; they speak for members that have given everything up. */
  readonly owned: Partitions;
}

/** Null: the bytes are no subscription. Topics that are not there are left out of what the member has. */
export function subscriptionIn(metadata: Uint8Array, { topicsByName }: MetadataImage): Subscription | null {
  const decoded = decodePrefixed(ConsumerProtocolSubscription, metadata);
  if (decoded === null) return null;
  const { topics, ownedPartitions, rackId } = decoded;
  return { topicNames: topics, rackId: rackId === "" ? null : rackId, owned: byTopicId(ownedPartitions, topicsByName) };
}

export interface EmbeddedAssignment {
  readonly partitions: Partitions;
  /** Some assignors tell their members more than partitions. */
  readonly hasUserData: boolean;
}

/** Null: the bytes are no assignment. No bytes are an empty one. */
export function assignmentIn(assignment: Uint8Array, { topicsByName }: MetadataImage): EmbeddedAssignment | null {
  if (assignment.length === 0) return { partitions: new Map(), hasUserData: false };
  const decoded = decodePrefixed(ConsumerProtocolAssignment, assignment);
  if (decoded === null) return null;
  const hasUserData = decoded.userData !== null && decoded.userData.length > 0;
  return { partitions: byTopicId(decoded.assignedPartitions, topicsByName), hasUserData };
}

/** Without topics that are deleted. */
export function assignmentBytes(
  partitions: Iterable<readonly [topicId: string, partitions: Iterable<number>]>,
  version: number,
  { topicsById }: MetadataImage,
): Uint8Array {
  const assignedPartitions = [...partitions].flatMap(([topicId, ofTopic]) => {
    const topic = topicsById.get(topicId)?.name;
    return topic === undefined ? [] : [{ topic, partitions: [...ofTopic].sort((one, other) => one - other) }];
  });
  return ownBytes(prefixed(version, ConsumerProtocolAssignment, version, { assignedPartitions, userData: null }));
}

/** The version in which a member that sent this understands its assignment; null: the bytes have none. */
export function embeddedVersion(metadata: Uint8Array = noBytes): number | null {
  const version = metadata.length < VERSION_BYTES ? -1 : int16At(metadata);
  return version < 0 ? null : Math.min(version, LAST_VERSION);
}

function decodePrefixed<M extends Message>(type: M, prefixedBytes: Uint8Array): DecodedOf<M> | null {
  const version = embeddedVersion(prefixedBytes);
  if (version === null) return null;
  const decoded = decode(type, version, prefixedBytes.subarray(VERSION_BYTES));
  return decoded.ok ? decoded.value : null;
}

type TopicsByName = MetadataImage["topicsByName"];
type NamedPartitions = readonly { readonly topic: string; readonly partitions: readonly number[] }[];

function byTopicId(named: NamedPartitions | undefined, topicsByName: TopicsByName): Partitions {
  const partitions = new Map<string, ReadonlySet<number>>();
  for (const { topic, partitions: ofTopic } of named ?? []) {
    const id = topicsByName.get(topic)?.id;
    if (id !== undefined) partitions.set(id, new Set([...(partitions.get(id) ?? []), ...ofTopic]));
  }
  return partitions;
}
