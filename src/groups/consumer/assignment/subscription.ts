/** What a group's members subscribed to, by name and by regular expression, and what of it is there. */
import type { MetadataImage, TopicImage } from "../../../metadata/image/image.js";
import type { ConsumerGroup } from "../consumer-group.js";
import type { Subscription } from "./subscriptions.js";

export type ResolvedRegexes = ReadonlyMap<string, ReadonlySet<string>>;
export type TopicsByName = MetadataImage["topicsByName"];

/** A regular expression that is not resolved yet stands for no topics. */
export function* topicNamesOf({ topicNames, topicRegex }: Subscription, regexes: ResolvedRegexes): Generator<string> {
  yield* topicNames;
  if (hasRegex(topicRegex)) yield* regexes.get(topicRegex) ?? [];
}

function hasRegex(topicRegex: string | null): topicRegex is string {
  return topicRegex !== null && topicRegex !== "";
}

export function regexesOf(subscriptions: Iterable<Subscription>): Set<string> {
  const regexes = new Set<string>();
  for (const { topicRegex } of subscriptions) if (hasRegex(topicRegex)) regexes.add(topicRegex);
  return regexes;
}

export function subscribedNames(subscriptions: Iterable<Subscription>, regexes: ResolvedRegexes): Set<string> {
  const names = new Set<string>();
  for (const subscription of subscriptions) for (const name of topicNamesOf(subscription, regexes)) names.add(name);
  return names;
}

export function isSubscribedToTopic(
  { subscriptions, resolvedRegexes }: Readonly<ConsumerGroup>,
  topic: string,
): boolean {
  for (const subscription of subscriptions) if (names(subscription, topic, resolvedRegexes)) return true;
  return false;
}

/** Whether the topic is part of the subscription. */
export function names({ topicNames, topicRegex }: Subscription, topic: string, regexes: ResolvedRegexes): boolean {
  return topicNames.includes(topic) || (hasRegex(topicRegex) && regexes.get(topicRegex)?.has(topic) === true);
}

/** Those that are there. */
export function* topicsNamed(names: Iterable<string>, topicsByName: TopicsByName): Generator<TopicImage> {
  for (const name of names) {
    const topic = topicsByName.get(name);
    if (topic !== undefined) yield topic;
  }
}

export function isSameSubscription(one: Subscription, other: Subscription): boolean {
  if ((one.topicRegex ?? "") !== (other.topicRegex ?? "")) return false;
  if (one.topicNames === other.topicNames) return true;
  const names = new Set(one.topicNames);
  return names.size === new Set(other.topicNames).size && other.topicNames.every((name) => names.has(name));
}

/**
 * Changes when a subscribed topic comes, goes, is made anew or grows: the group needs another assignment then (KIP-1101).
 * Apache Kafka computes another hash; whoever takes over the log sees a change, and assigns once more.
 */
export function metadataHashOf(names: Iterable<string>, topicsByName: TopicsByName): bigint {
  const topics = [...topicsNamed(names, topicsByName)];
  if (topics.length === 0) return 0n;
  const text = topics
    .map(({ id, partitions }) => `${id}:${partitions.length}`)
    .sort()
    .join(",");
  return BigInt.asIntN(64, (BigInt(hash32(text, 0x811c9dc5)) << 32n) | BigInt(hash32(text, 0x01000193)));
}

/** FNV-1a. */
function hash32(text: string, seed: number): number {
  let hash = seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
