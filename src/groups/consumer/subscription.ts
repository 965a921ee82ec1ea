/** What a group's members subscribed to, by name and by regular expression, and what of it is there. */
import type { MetadataImage, TopicImage } from "../../metadata/image.js";
import type { ConsumerGroup, ConsumerMember } from "./consumer-group.js";

export type ResolvedRegexes = ReadonlyMap<string, ReadonlySet<string>>;
export type TopicsByName = MetadataImage["topicsByName"];

/** A regular expression that is not resolved yet stands for no topics. */
export function* topicNamesOf({ topicNames, topicRegex }: ConsumerMember, regexes: ResolvedRegexes): Generator<string> {
  yield* topicNames;
  if (hasRegex(topicRegex)) yield* regexes.get(topicRegex) ?? [];
}

function hasRegex(topicRegex: string | null): topicRegex is string {
  return topicRegex !== null && topicRegex !== "";
}

export function regexesOf(members: Iterable<ConsumerMember>): Set<string> {
  const regexes = new Set<string>();
  for (const { topicRegex } of members) if (hasRegex(topicRegex)) regexes.add(topicRegex);
  return regexes;
}

export function subscribedNames(members: Iterable<ConsumerMember>, regexes: ResolvedRegexes): Set<string> {
  const names = new Set<string>();
  for (const member of members) for (const name of topicNamesOf(member, regexes)) names.add(name);
  return names;
}

export function isSubscribedToTopic({ members, resolvedRegexes }: Readonly<ConsumerGroup>, topic: string): boolean {
  for (const { topicNames } of members.values()) if (topicNames.includes(topic)) return true;
  for (const regex of regexesOf(members.values())) if (resolvedRegexes.get(regex)?.has(topic) === true) return true;
  return false;
}

/** Those that are there. */
export function* topicsNamed(names: Iterable<string>, topicsByName: TopicsByName): Generator<TopicImage> {
  for (const name of names) {
    const topic = topicsByName.get(name);
    if (topic !== undefined) yield topic;
  }
}

export function isSameSubscription(one: ConsumerMember, other: ConsumerMember): boolean {
  if ((one.topicRegex ?? "") !== (other.topicRegex ?? "")) return false;
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
