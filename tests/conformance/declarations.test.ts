/** Every message that Samsa declares is, field by field, what Apache Kafka defines. */
import { describe, expect, test } from "vitest";
import { recordTypes } from "../../src/metadata/records/metadata-record.js";
import { apis } from "../../src/protocol/messages/index.js";
import type { Message } from "../../src/protocol/schema/message.js";
import { formatVersions, intersection, parseVersions } from "../../src/protocol/schema/versions.js";
import { declaredMessages } from "./declared-messages.js";
import { withDroppedVersions } from "./dropped-versions.js";
import { factsOfDeclaration, factsOfKafka } from "./field-facts.js";
import { type KafkaMessage, kafkaMessages } from "./kafka-messages.js";

describe.each(declaredMessages)("$artifact", ({ artifact, folder, messages }) => {
  const definitions = kafkaMessages(artifact, folder);

  test.each(messages.map((message): [string, Message] => [message.name, message]))("%s", (name, message) => {
    const definition = withDroppedVersions(found(definitions, name));
    expect(message.versions).toBe(definition.validVersions);
    expect(flexibleOf(message.flexible, message)).toBe(flexibleOf(definition.flexibleVersions ?? "none", message));
    expect(factsOfDeclaration(message)).toEqual(factsOfKafka(definition));
  });
});

test("APIs have the keys of Apache Kafka, and stand in their order", () => {
  const definitions = kafkaMessages("kafka-clients", "common/message/");
  for (const { key, request, response } of apis) {
    expect([key, key]).toEqual([found(definitions, request.name).apiKey, found(definitions, response.name).apiKey]);
  }
  const keys = apis.map(({ key }) => key);
  expect(keys).toEqual([...new Set(keys)].sort((one, other) => one - other));
});

test("metadata records have the keys of Apache Kafka", () => {
  const definitions = kafkaMessages("kafka-metadata", "common/metadata/");
  for (const { key, name } of Object.values(recordTypes)) expect(key).toBe(found(definitions, name).apiKey);
  expect(Object.keys(recordTypes).sort()).toEqual([...definitions.keys()].sort());
});

function flexibleOf(text: string, { versions }: Message): string {
  return formatVersions(intersection(parseVersions(text), parseVersions(versions)));
}

function found(definitions: ReadonlyMap<string, KafkaMessage>, name: string): KafkaMessage {
  const definition = definitions.get(name);
  if (definition === undefined) throw new Error(`Apache Kafka has no message ${name}`);
  return definition;
}
