/**
 * What stands in the fields of generated requests, by name. A name may be said with its owner (`topics.name`) and with
 * its API (`CreateTopics:topics.name`); the longest that fits is taken.
 */
import { batchOf, TIMESTAMP_MS } from "../differential/requests.js";
import type { Scope } from "./scope.js";
import { PARTITIONS, type ProducerSlot } from "./world.js";

export type Choice = (scope: Scope) => unknown;

const UNKNOWN_ID = "AAAAAAAAQACAAAAAAAAAAQ";
const ZERO_ID = "AAAAAAAAAAAAAAAAAAAAAA";
const [TOPIC, BROKER, BROKER_LOGGER, CLIENT_METRICS, GROUP] = [2, 4, 8, 16, 32];

/** One of the first where the field is to be right, one of the others where it is to be wrong. */
function among(right: readonly unknown[], wrong: readonly unknown[] = right): Choice {
  return (scope) => scope.pick(scope.isBroken() ? wrong : right);
}

function topicName(scope: Scope): string {
  const { world } = scope;
  scope.topic = scope.isBroken() ? null : scope.dice.below(world.topics.length);
  if (scope.topic !== null) return world.topics[scope.topic] ?? "";
  return scope.pick([world.unknownTopic, world.unknownTopic, "", "with space"]);
}

/** Metadata makes the topics that it is asked for, later than it answers: so only those that it cannot make. */
function topicToShow(scope: Scope): string {
  const name = topicName(scope);
  return name === scope.world.unknownTopic && scope.version < 4 ? "" : name;
}

function topicId(scope: Scope): string {
  scope.topic = scope.isBroken() ? null : scope.dice.below(scope.world.topics.length);
  return scope.topic === null ? scope.pick([UNKNOWN_ID, ZERO_ID]) : (scope.world.topicIds[scope.topic] ?? UNKNOWN_ID);
}

const scratchTopic: Choice = (scope) =>
  scope.isBroken() ? scope.pick([scope.world.unknownTopic, "", "with space", "."]) : scope.world.scratchTopic;

function partition(scope: Scope): number {
  scope.partition = scope.isBroken() ? scope.pick([7, -1]) : scope.dice.below(PARTITIONS);
  return scope.partition;
}

const groupId: Choice = (scope) =>
  scope.isBroken() ? scope.pick(["", `${scope.world.prefix}-nobody`]) : scope.group.groupId;

const memberId: Choice = (scope) => (scope.isBroken() ? scope.pick(["", "stranger"]) : scope.member.memberId);

const generation: Choice = ({ member, ...scope }) => member.generation + brokenStep(scope);

function brokenStep(scope: Pick<Scope, "dice"> & Partial<Scope>): number {
  return scope.isBroken?.() === true ? scope.dice.pick(1, -1, 5) : 0;
}
