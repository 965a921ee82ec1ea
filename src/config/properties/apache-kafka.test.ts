/** Compares every declaration with what Apache Kafka 4.3.1 itself declares (its ConfigDefs, written out to a table). */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { brokerConfigDefinitions } from "./broker-properties.js";
import type { ConfigDefinition } from "./definition.js";
import { brokerSynonymOfGroup, groupConfigDefinitions } from "./group-properties.js";
import { brokerSynonymsOfTopic, topicConfigDefinitions } from "./topic-properties.js";

const rows = readFileSync(new URL("apache-kafka-4.3.1.test-data.tsv", import.meta.url), "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"))
  .map((line) => line.split("\t"));

const kafkas = (kind: string) => rows.filter((row) => row[0] === kind).map(([, ...fields]) => fields.join(" | "));

function ours(definitions: ReadonlyMap<string, ConfigDefinition>, withMode: boolean): string[] {
  return [...definitions]
    .filter(([name]) => !name.startsWith("samsa."))
    .map(([name, definition]) => {
      const { type, defaultText, kafkaDefaultText, validator, internal, dynamicMode } = definition;
      const text = kafkaDefaultText === undefined ? defaultText : kafkaDefaultText;
      return [name, type, text ?? "<null>", validator?.allowed ?? "", internal, withMode ? dynamicMode : ""].join(
        " | ",
      );
    });
}

/** A property that Apache Kafka insists on has no default; here it always has one, beside Kafka's none. */
const withoutDemands = (lines: readonly string[]) => lines.map((line) => line.replace("<none>", "<null>"));

/** The one rule that needs no words: there is always a text, perhaps an empty one. */
const withoutNonNull = (lines: readonly string[]) => lines.map((line) => line.replace("non-null string", ""));

describe("types, defaults, bounds, hiding and dynamic modes are Apache Kafka's", () => {
  test("of the broker", () => {
    expect(ours(brokerConfigDefinitions, true)).toEqual(withoutNonNull(withoutDemands(kafkas("broker"))));
  });

  test("of topics", () => {
    expect(ours(topicConfigDefinitions, false)).toEqual(kafkas("topic"));
  });

  test("of groups", () => {
    expect(ours(groupConfigDefinitions, false)).toEqual(kafkas("group"));
  });
});

test("each topic property takes its default from the same properties of the broker, in the same units", () => {
  const written = [...brokerSynonymsOfTopic].map(([name, synonyms]) => {
    const texts = synonyms.map((synonym) => `${synonym.name}/${3 * synonym.factor}`);
    return `${name} | ${texts.join(" ")}`;
  });
  expect(written).toEqual(kafkas("topic-synonyms"));
});

test("each group property takes its default from the same property of the broker", () => {
  const written = [...groupConfigDefinitions.keys()].map((name) => `${name} | ${brokerSynonymOfGroup(name) ?? ""}`);
  expect(written).toEqual(kafkas("group-synonym"));
});

test("every property says what it means", () => {
  const all = [brokerConfigDefinitions, topicConfigDefinitions, groupConfigDefinitions].flatMap((table) => [...table]);
  expect(all.filter(([, { meaning }]) => !/^[A-Z`].{10,}[.]$/.test(meaning)).map(([name]) => name)).toEqual([]);
});
