/** `samsa config [NAME]`: what each property is, from its declaration. */
import { brokerConfigDefinitions } from "../config/properties/broker-properties.js";
import type { ConfigDefinition, Effect } from "../config/properties/definition.js";
import { groupConfigDefinitions } from "../config/properties/group-properties.js";
import { nearestName } from "../config/properties/names.js";
import { brokerSynonymsOfTopic, topicConfigDefinitions } from "../config/properties/topic-properties.js";
import { unreachable } from "../lib/invariant.js";
import { type ExitCode, exitCodes } from "./exit-codes.js";

interface Property {
  readonly of: "broker" | "topic" | "group";
  readonly name: string;
  readonly definition: ConfigDefinition;
}

/** Without a name: all, one line each. With one: that property in full, or all whose names begin so. */
export function describeProperties(name: string | undefined, print: (line: string) => void): ExitCode {
  const all = allProperties();
  if (name === undefined) {
    for (const property of all) print(oneLine(property));
    return exitCodes.ok;
  }
  const exact = all.filter((property) => property.name === name);
  if (exact.length > 0) {
    print(exact.map(inFull).join("\n\n"));
    return exitCodes.ok;
  }
  const beginning = all.filter((property) => property.name.startsWith(name));
  if (beginning.length > 0) {
    for (const property of beginning) print(oneLine(property));
    return exitCodes.ok;
  }
  const nearest = nearestName(
    name,
    all.map((property) => property.name),
  );
  print(`No property is called ${name}.${nearest === null ? "" : ` Did you mean ${nearest}?`}`);
  return exitCodes.usage;
}

function allProperties(): readonly Property[] {
  const table = (of: Property["of"], definitions: ReadonlyMap<string, ConfigDefinition>) =>
    [...definitions].map(([name, definition]) => ({ of, name, definition }));
  return [
    ...table("broker", brokerConfigDefinitions),
    ...table("topic", topicConfigDefinitions),
    ...table("group", groupConfigDefinitions),
  ];
}

function oneLine({ of, name, definition }: Property): string {
  const remark = definition.effect.kind === "effective" ? "" : ` (${effectText(definition.effect)})`;
  return `${of.padEnd(6)} ${name}  ${definition.type}  ${shownDefault(definition)}  ${definition.meaning}${remark}`;
}

function inFull({ of, name, definition }: Property): string {
  const synonyms = of === "topic" ? (brokerSynonymsOfTopic.get(name) ?? []) : [];
  const rows: [string, string | undefined][] = [
    ["of", of],
    ["type", definition.type],
    ["default", shownDefault(definition)],
    [
      "in Apache Kafka",
      definition.kafkaDefaultText === undefined ? undefined : (definition.kafkaDefaultText ?? "none"),
    ],
    ["taken from", synonyms.map((synonym) => synonym.name).join(", ") || undefined],
    ["allowed", definition.validator?.allowed || undefined],
    ["changeable", of === "broker" ? definition.dynamicMode : "while the broker runs"],
    ["effect", effectText(definition.effect)],
  ];
  const lines = rows.flatMap(([label, text]) => (text === undefined ? [] : [`  ${label.padEnd(16)}${text}`]));
  return [name, `  ${definition.meaning}`, ...lines].join("\n");
}

function shownDefault(definition: ConfigDefinition): string {
  return definition.defaultText === "" ? '""' : (definition.defaultText ?? "none");
}

function effectText(effect: Effect): string {
  switch (effect.kind) {
    case "effective":
      return "yes";
    case "accepted without effect":
      return `none: ${effect.reason}`;
    case "refused":
      return `refused: ${effect.reason}`;
    default:
      return unreachable(effect);
  }
}
