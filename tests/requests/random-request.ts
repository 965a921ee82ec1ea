/** Walks the declaration of a request and fills in its fields from what their names mean. */
import { defaultOf } from "../../src/protocol/schema/defaults.js";
import {
  type ArrayLayout,
  type FieldLayout,
  layoutOf,
  type StructLayout,
  type ValueLayout,
} from "../../src/protocol/schema/layout.js";
import { ZERO_UUID } from "../../src/protocol/wire/zero-uuid.js";
import { choiceFor, mayBeNull } from "./choices.js";
import type { Scope } from "./scope.js";

const TAGGED_SHARE = 0.3;

/** Requests in which an empty list, or one named twice, is an uncaught exception or silence in Apache Kafka. */
const listsOfOne = new Set([
  ...["AddPartitionsToTxn:transactions", "WriteTxnMarkers:markers", "Produce:topicData", "JoinGroup:protocols"],
  // Without names everything there is would be described.
  ...["DescribeConfigs:configurationKeys", "DescribeTopicPartitions:topics"],
  ...["AlterConfigs:resources", "WriteTxnMarkers:topics", "WriteTxnMarkers:partitionIndexes"],
  // What other scenarios left may still be on its way to another state.
  "ListGroups:statesFilter",
]);

/** Of two batches for one partition Apache Kafka may append the one and answer for the other. */
const neverTwice = new Set(["Produce:partitionData"]);

/** Lists that most clients leave empty, or null, because they say something out of the ordinary. */
const mostlyAbsent = new Set([
  ...["CreateTopics:assignments", "CreatePartitions:assignments", "Fetch:forgottenTopicsData"],
  ...[
    "ConsumerGroupHeartbeat:topicPartitions",
    "AlterUserScramCredentials:deletions",
    "DescribeTopicPartitions:cursor",
  ],
]);

/** In lists of plain values of which no name is known. */
const unnamed: Readonly<Record<string, unknown>> = {
  int8: 0,
  int16: 0,
  int32: 0,
  safeInt64: 0,
  int64: 0n,
  uuid: ZERO_UUID,
};

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

/** A list that is wrong is empty, or has two items, which may well name the same. */
function randomList({ element }: ArrayLayout, owner: string, name: string, scope: Scope): unknown {
  const isOne = listsOfOne.has(`${scope.api.name}:${name}`) || !scope.isBroken();
  const length = isOne ? 1 : scope.pick([0, 2, 2]);
  const items = Array.from({ length }, () => randomValue(element, owner, name, scope) ?? unnamed[element.kind] ?? "");
  return neverTwice.has(`${scope.api.name}:${name}`) ? distinct(items) : items;
}

/** By the field that comes first, which names the item. */
function distinct(items: readonly unknown[]): unknown[] {
  const names = items.map((item) => Object.values(item ?? {})[0]);
  return items.filter((_, index) => names.indexOf(names[index]) === index);
}
