/** The names and numbers by which generated requests mean the things of their world, right ones and wrong ones. */
import type { Scope } from "./scope.js";
import { PARTITIONS } from "./world.js";

export type Choice = (scope: Scope) => unknown;

const ZERO_ID = "AAAAAAAAAAAAAAAAAAAAAA";
const UNKNOWN_ID = "AAAAAAAAQACAAAAAAAAAAQ";

/** One of the first where the field is to be right, one of the others where it is to be wrong. */
export function among(right: readonly unknown[], wrong: readonly unknown[] = right): Choice {
  return (scope) => scope.pick(scope.isBroken() ? wrong : right);
}

export function topicName(scope: Scope): string {
  const { world } = scope;
  scope.topic = scope.isBroken() ? null : scope.dice.below(world.topics.length);
  if (scope.topic !== null) return world.topics[scope.topic] ?? "";
  return scope.pick([world.unknownTopic, world.unknownTopic, "", "with space"]);
}

/** Metadata makes the topics that it is asked for, later than it answers: so only those that it cannot make. */
export function topicToShow(scope: Scope): string {
  const name = topicName(scope);
  return name === scope.world.unknownTopic && scope.version < 4 ? "" : name;
}

export function topicId(scope: Scope): string {
  scope.topic = scope.isBroken() ? null : scope.dice.below(scope.world.topics.length);
  return scope.topic === null ? scope.pick([UNKNOWN_ID, ZERO_ID]) : (scope.world.topicIds[scope.topic] ?? UNKNOWN_ID);
}

/** An empty id is an uncaught exception in the Fetch of Apache Kafka, which has no session then. */
export function topicIdToFetch(scope: Scope): string {
  const id = topicId(scope);
  return id === ZERO_ID ? UNKNOWN_ID : id;
}

export function scratchTopic(scope: Scope): string {
  return scope.isBroken() ? scope.pick([scope.world.unknownTopic, "", "with space", "."]) : scope.world.scratchTopic;
}

/** What is unknown stays so. */
export function scratchTopicToMake(scope: Scope): string {
  return scope.isBroken() ? scope.pick(["", "with space", "."]) : scope.world.scratchTopic;
}

export function partition(scope: Scope): number {
  scope.partition = scope.isBroken() ? scope.pick([7, -1]) : scope.dice.below(PARTITIONS);
  return scope.partition;
}

export function groupId(scope: Scope): string {
  return scope.isBroken() ? scope.pick(["", `${scope.world.prefix}-nobody`]) : scope.group.groupId;
}

export function memberId(scope: Scope): string {
  return scope.isBroken() ? scope.pick(["", "stranger"]) : scope.group.memberId;
}

export function generation(scope: Scope): number {
  return scope.near(scope.group.generation);
}

export function transactionalId(scope: Scope): string {
  const { world, producer } = scope;
  return scope.isBroken() ? scope.pick(["", `${world.prefix}-tx-unknown`]) : (producer.transactionalId ?? "");
}

export function producerId(scope: Scope): number {
  return scope.isBroken() ? scope.pick([-1, 999_999_999]) : scope.producer.producerId;
}

export function producerEpoch(scope: Scope): number {
  return scope.near(scope.producer.epoch);
}

/** A text of this world that nothing alters, for look-ups whose broker learns late. */
export function nobody(scope: Scope): string {
  return `${scope.world.prefix}-nobody`;
}

export function scratchUser(scope: Scope): string {
  return scope.isBroken() ? "" : `${scope.world.prefix}-user`;
}
