/** `samsa config [NAME]`: what each property is, from its declaration. */
import { brokerConfigDefinitions } from "../config/properties/broker-properties.js";
import type { ConfigDefinition, Effect } from "../config/properties/definition.js";
import { groupConfigDefinitions } from "../config/properties/group-properties.js";
import { nearestName } from "../config/properties/names.js";
import { brokerSynonymsOfTopic, topicConfigDefinitions } from "../config/properties/topic-properties.js";
import { unreachable } from "../lib/invariant.js";
import { type ExitCode, exitCodes } from "./exit-codes.js";
import type { Output } from "./output.js";

interface Property {
  readonly of: "broker" | "topic" | "group";
  readonly name: string;
  readonly definition: ConfigDefinition;
}

/** The property of that name in full, or all whose names begin so, one line each. */
export async function describeProperties(name: string, output: Output): Promise<ExitCode> {
  const all = allProperties();
  const exact = all.filter((property) => property.name === name);
  const beginning = all.filter((property) => property.name.startsWith(name));
  if (exact.length > 0) await output.print(exact.map(inFull).join("\n\n"));
  else for (const property of beginning) await output.print(oneLine(property));
  if (beginning.length > 0) return exitCodes.ok;
  const names = all.map((property) => property.name);
  const nearest = nearestName(name, names);
  const advice = nearest === null ? "`samsa config` lists all." : `Did you mean ${nearest}?`;
  output.complain(`No property is called ${name}. ${advice}`);
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
