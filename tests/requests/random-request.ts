/** Walks the declaration of a request and fills in its fields from what their names mean. */
import { defaultOf } from "../../src/protocol/schema/defaults.js";
import {
  type ArrayLayout,
  type FieldLayout,
  layoutOf,
  type StructLayout,
  type ValueLayout,
} from "../../src/protocol/schema/layout.js";
import { choiceFor, mayBeNull } from "./choices.js";
import type { Scope } from "./scope.js";

const TAGGED_SHARE = 0.3;

/** Requests in which an empty list, or one named twice, is an uncaught exception or silence in Apache Kafka. */
const listsOfOne = new Set([
  ...["AddPartitionsToTxn:transactions", "WriteTxnMarkers:markers", "Produce:topicData"],
  // What other scenarios left may still be on its way to another state.
  "ListGroups:statesFilter",
]);

/** Lists that most clients leave empty, or null, because they say something out of the ordinary. */
const mostlyAbsent = new Set([
  ...["CreateTopics:assignments", "CreatePartitions:assignments", "Fetch:forgottenTopicsData"],
  ...[
    "ConsumerGroupHeartbeat:topicPartitions",
    "AlterUserScramCredentials:deletions",
    "DescribeTopicPartitions:cursor",
  ],
]);

export function randomRequest(scope: Scope): Readonly<Record<string, unknown>> {
  return randomStruct(layoutOf(scope.api.request, scope.version), "", scope);
}

function randomStruct(layout: StructLayout, owner: string, scope: Scope): Readonly<Record<string, unknown>> {
  const present = layout.fields.filter(({ place }) => place === "inline" || (place === "tagged" && isSaid(scope)));
  return Object.fromEntries(present.map((field) => [field.name, randomField(field, owner, scope)]));
}

function isSaid(scope: Scope): boolean {
  return scope.dice.chance(TAGGED_SHARE);
}

function randomField({ name, field, value }: FieldLayout, owner: string, scope: Scope): unknown {
  const isAbsent = mostlyAbsent.has(`${scope.api.name}:${name}`) && !scope.isBroken();
  if (isAbsent) return value.nullable ? null : [];
  const isNull = value.nullable && scope.isBroken() && mayBeNull(scope.api.name, name);
  return isNull ? null : (randomValue(value, owner, name, scope) ?? (value.nullable ? null : defaultOf(field)));
}

function randomValue(layout: ValueLayout, owner: string, name: string, scope: Scope): unknown {
  if (layout.kind === "array") return randomList(layout, owner, name, scope);
  if (layout.kind === "struct") return randomStruct(layout, name, scope);
  const choice = choiceFor(scope.api.name, owner, name);
  if (choice !== undefined) return choice(scope);
  if (layout.kind === "bool") return scope.dice.chance(0.5);
  return undefined;
}

/** Lists inside of lists are never empty, and nothing is named twice: what then happens differs from API to API. */
function randomList({ element }: ArrayLayout, owner: string, name: string, scope: Scope): unknown {
  const isOne = listsOfOne.has(`${scope.api.name}:${name}`) || !scope.isBroken();
  const length = isOne ? 1 : scope.pick(owner === "" ? [0, 2] : [1, 2]);
  const items = Array.from({ length }, () => randomValue(element, owner, name, scope) ?? "");
  const names = items.map(nameOf);
  return items.filter((_, index) => names.indexOf(names[index] ?? "") === index);
}

/** By the field that comes first: a topic, a partition, a resource. */
function nameOf(item: unknown): string {
  const isStruct = typeof item === "object" && item !== null && !(item instanceof Uint8Array);
  return String(isStruct ? Object.values(item)[0] : item);
}
