/** Every message is, byte for byte, what the classes of Apache Kafka write for the same value. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { arbitraryOf } from "../../src/protocol/schema/arbitrary.test-data.js";
import { encodeMessage } from "../../src/protocol/schema/codec.js";
import { layoutOf } from "../../src/protocol/schema/layout.js";
import type { Message } from "../../src/protocol/schema/message.js";
import { parseVersions } from "../../src/protocol/schema/versions.js";
import { apacheKafkaClassPath } from "../support/java.js";
import { inRepository } from "../support/repository.js";
import { runCommand } from "../support/run-command.js";
import { declaredMessages } from "./declared-messages.js";
import { jsonOf } from "./kafka-json.js";
import { kafkaMessages } from "./kafka-messages.js";

const VALUES_PER_VERSION = 5;

interface Sample {
  readonly message: Message;
  readonly version: number;
  readonly value: Record<string, unknown>;
}

describe.each(declaredMessages)("$artifact", ({ artifact, folder, javaClass, messages }) => {
  test("the encoders write what Apache Kafka writes", async () => {
    const definitions = kafkaMessages(artifact, folder);
    const samples = messages.flatMap((message) => samplesOf(message, definitions.get(message.name)?.validVersions));
    const input = samples.map(({ message, version, value }) => {
      return `${javaClass(message.name)}\t${version}\t${jsonOf(layoutOf(message, version), value)}\n`;
    });
    const lines = (await encodedByKafka(input.join(""))).split("\n");
    for (const [i, { message, version, value }] of samples.entries()) {
      const ours = Buffer.from(encodeMessage(message, version, value)).toString("hex");
      expect(`${message.name} ${version} ${ours}`).toBe(`${message.name} ${version} ${lines[i]}`);
    }
  });
});

/** At the versions that Apache Kafka 4 still knows. */
function samplesOf(message: Message, validVersions = "none"): Sample[] {
  const { first, last } = parseVersions(validVersions);
  const versions = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  return versions.flatMap((version) => {
    const arbitrary = arbitraryOf(layoutOf(message, version));
    const values = fc.sample(arbitrary, { seed: 20261121, numRuns: VALUES_PER_VERSION });
    return values.map((value) => ({ message, version, value }));
  });
}

async function encodedByKafka(input: string): Promise<string> {
  const program = inRepository("tests", "conformance", "EncodeMessages.java");
  const env = { CLASSPATH: apacheKafkaClassPath() };
  const { code, stdout, stderr } = await runCommand("java", ["-Xmx512m", program], { input, env });
  if (code !== 0) throw new Error(`EncodeMessages ended with ${code}: ${stderr}`);
  return stdout;
}
