/** The message definitions of Apache Kafka, from the JSON files inside its jars. */
import { existsSync } from "node:fs";
import { apacheKafkaVersion } from "../support/java.js";
import { inRepository } from "../support/repository.js";
import { readJar } from "./jar.js";

export interface KafkaField {
  readonly name: string;
  readonly type: string;
  /** Of a tagged field: where it is absent, those in which the field is tagged. */
  readonly versions?: string;
  readonly nullableVersions?: string;
  readonly taggedVersions?: string;
  readonly tag?: number | string;
  readonly default?: string | number | boolean | null;
  readonly ignorable?: boolean | string;
  readonly flexibleVersions?: string;
  readonly fields?: readonly KafkaField[];
}

export interface KafkaMessage {
  readonly name: string;
  readonly apiKey?: number;
  readonly validVersions: string;
  readonly flexibleVersions?: string;
  readonly fields?: readonly KafkaField[];
  readonly commonStructs?: readonly { readonly name: string; readonly fields: readonly KafkaField[] }[];
}

/** All messages of one jar, by name. */
export function kafkaMessages(artifact: string, folder: string): Map<string, KafkaMessage> {
  const jar = inRepository(
    ".cache",
    `apache-kafka-${apacheKafkaVersion}`,
    "lib",
    `${artifact}-${apacheKafkaVersion}.jar`,
  );
  if (!existsSync(jar)) throw new Error(`${jar} is missing: run npm run oracle:install`);
  const messages = new Map<string, KafkaMessage>();
  for (const [file, text] of readJar(jar, folder)) {
    if (!file.endsWith(".json")) continue;
    const message: KafkaMessage = JSON.parse(withoutComments(text));
    messages.set(message.name, message);
  }
  return messages;
}

function withoutComments(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|\/\/[^\n]*/g, (found) => (found.startsWith("//") ? "" : found));
}
