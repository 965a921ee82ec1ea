/** The records that a coordinator of Apache Kafka writes, as bytes: a small program over its own classes prints them. */
import { apacheKafkaClassPath } from "../support/java.js";
import { inRepository } from "../support/repository.js";
import { runCommandToSuccess } from "../support/run-command.js";

export interface WrittenRecord {
  readonly key: Buffer;
  readonly value: Buffer | null;
}

/** The program prints a line per record: its name, its key and its value in hexadecimal ("null" for a tombstone). */
export async function recordsWrittenBy(javaFile: string): Promise<(name: string) => WrittenRecord> {
  const program = inRepository("tests", "conformance", javaFile);
  const { stdout } = await runCommandToSuccess("java", ["-Xmx256m", program], {
    env: { CLASSPATH: apacheKafkaClassPath() },
  });
  const written = new Map<string, WrittenRecord>();
  for (const line of stdout.trim().split("\n")) {
    const [name = "", key = "", value = ""] = line.split(" ");
    written.set(name, { key: Buffer.from(key, "hex"), value: value === "null" ? null : Buffer.from(value, "hex") });
  }
  return (name) => {
    const record = written.get(name);
    if (record === undefined) throw new Error(`Apache Kafka wrote no record ${name}`);
    return record;
  };
}

export function hexOf({ key, value }: WrittenRecord) {
  return { key: hex(key), value: hex(value) };
}

export function hex(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes).toString("hex");
}
