/**
 * The topics to which the members of a consumer group subscribed. To the group, a member's metadata is opaque; only where
 * offsets are deleted does the broker look for the topics in it, at the front, where every version has them.
 */
import { decode } from "../../protocol/schema/codec.js";
import { array, string } from "../../protocol/schema/fields.js";
import { message } from "../../protocol/schema/message.js";
import { type Members, metadataOf } from "./classic-group.js";

/** The protocol type of consumers. */
export const CONSUMER_PROTOCOL_TYPE = "consumer";

/** What all versions of a consumer's subscription begin with; what follows depends on the version. */
const SubscriptionPrefix = message({
  name: "ConsumerProtocolSubscription",
  versions: "0",
  flexible: "none",
  fields: { topics: array(string()) },
});
const VERSION_BYTES = 2;

/** Null when it is not known: no consumers, or bytes that are no subscription. */
export function subscribedTopicsOf(
  protocolType: string | null,
  protocol: string | null,
  members: Members,
): ReadonlySet<string> | null {
  if (protocolType !== CONSUMER_PROTOCOL_TYPE) return null;
  if (members.size === 0) return new Set();
  if (protocol === null) return null;
  const topics = new Set<string>();
  for (const member of members.values()) {
    const metadata = metadataOf(member, protocol);
    if (metadata.length < VERSION_BYTES) return null;
    const subscription = decode(SubscriptionPrefix, 0, metadata.subarray(VERSION_BYTES));
    if (!subscription.ok) return null;
    for (const topic of subscription.value.topics) topics.add(topic);
  }
  return topics;
}
