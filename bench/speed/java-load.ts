/** Apache Kafka's own load programs, and what they say when they are done. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { apacheKafkaClassPath, loggingArgument } from "../../tests/support/java.js";
import { runCommandToSuccess } from "../../tests/support/run-command.js";
import { temporaryFolder } from "../../tests/support/temporary-folder.js";
import type { Contender } from "./contender.js";
import { LOAD_MS_MAX, type LoadOutcome } from "./native-load.js";

/** As the scripts of Apache Kafka start their tools. */
const jvmArguments = ["-Xmx512m", "-XX:+UseG1GC"];

export interface JavaProduce {
  readonly topic: string;
  readonly records: number;
  readonly size: number;
  readonly properties: Readonly<Record<string, string>>;
  /** What the records hold, one per line; random letters if not given. */
  readonly text?: string;
}

export async function javaProduce(contender: Contender, produce: JavaProduce): Promise<LoadOutcome> {
  const { text } = produce;
  if (text === undefined) return produceRecords(contender, produce, ["--record-size", String(produce.size)]);
  const folder = temporaryFolder("bench-records");
  try {
    const file = join(folder.path, "records");
    writeFileSync(file, text);
    return await produceRecords(contender, produce, ["--payload-file", file]);
  } finally {
    folder.remove();
  }
}

async function produceRecords(
  contender: Contender,
  { topic, records, size, properties }: JavaProduce,
  what: readonly string[],
): Promise<LoadOutcome> {
  const own = { "bootstrap.servers": bootstrapOf(contender), acks: "all", ...properties };
  const output = await java("org.apache.kafka.tools.ProducerPerformance", [
    ...["--topic", topic, "--num-records", String(records), "--throughput", "-1", ...what],
    "--print-metrics",
    "--command-property",
    ...Object.entries(own).map(([name, value]) => `${name}=${value}`),
  ]);
  // 500000 records sent, 137098.4 records/sec (133.89 MB/sec), 220.35 ms avg latency, … 3 ms 50th, 6 ms 95th, …
  const last = lastLineWith(output, "99.9th");
  const latencyMs = { p50: before(last, " ms 50th"), p99: before(last, " ms 99th"), p999: before(last, " ms 99.9th") };
  const requests = requestsIn(output, "producer");
  return { requests, records, bytes: records * size, seconds: records / before(last, " records/sec"), latencyMs };
}

export async function javaConsume(
  contender: Contender,
  { topic, records, size }: { readonly topic: string; readonly records: number; readonly size: number },
): Promise<LoadOutcome> {
  const output = await java("org.apache.kafka.tools.ConsumerPerformance", [
    ...["--bootstrap-server", bootstrapOf(contender), "--topic", topic, "--num-records", String(records)],
    ...["--timeout", "60000", "--hide-header", "--print-metrics"],
  ]);
  // start.time, end.time, data.consumed.in.MB, MB.sec, data.consumed.in.nMsg, nMsg.sec, rebalance.time.ms, fetch.time.ms, …
  const fields = firstLineWith(output, ", ").split(", ");
  const [read, fetchMs] = [Number(fields[4]), Number(fields[7])];
  const requests = requestsIn(output, "consumer");
  return { requests, records: read, bytes: read * size, seconds: fetchMs / 1000 };
}

/** One record at a time, from before it is sent until a consumer has it. It tells percentiles in whole milliseconds only. */
export async function javaEndToEnd(
  contender: Contender,
  { topic, records, size }: { readonly topic: string; readonly records: number; readonly size: number },
): Promise<LoadOutcome> {
  const output = await java("org.apache.kafka.tools.EndToEndLatency", [
    ...[bootstrapOf(contender), topic, String(records), "all", String(size)],
  ]);
  // Avg latency: 0.5432 ms
  const meanLatencyMs = before(firstLineWith(output, "Avg latency:"), " ms");
  return { records, bytes: records * size, seconds: (records * meanLatencyMs) / 1000, meanLatencyMs };
}

async function java(mainClass: string, args: readonly string[]): Promise<string> {
  const { stdout } = await runCommandToSuccess("java", [...jvmArguments, loggingArgument("warn"), mainClass, ...args], {
    env: { CLASSPATH: apacheKafkaClassPath() },
    timeoutMs: LOAD_MS_MAX,
  });
  return stdout;
}

function bootstrapOf({ port }: Contender): string {
  return `127.0.0.1:${port}`;
}

function lastLineWith(output: string, what: string): string {
  return firstLineWith(output.split("\n").reverse().join("\n"), what);
}

function firstLineWith(output: string, what: string): string {
  const line = output.split("\n").find((one) => one.includes(what));
  if (line === undefined) throw new Error(`the tool did not say ${what}: ${output}`);
  return line;
}

/** Of the metrics of a client: `producer-metrics:request-total:{client-id=…} : 1234.000`. */
function requestsIn(output: string, client: "producer" | "consumer"): number {
  const line = firstLineWith(output, `${client}-metrics:request-total:`);
  return Number(line.slice(line.lastIndexOf(":") + 1));
}

/** The number that stands right before these words. */
function before(line: string, words: string): number {
  const head = line.slice(0, line.indexOf(words));
  return Number(head.slice(head.lastIndexOf(" ") + 1));
}
