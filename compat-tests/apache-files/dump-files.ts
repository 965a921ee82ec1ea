/** Apache Kafka's DumpLogSegments on the files of a data folder, and what it says when it does not like one. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { runJava } from "../../tests/support/java.js";

/** Which files of a data folder: all that DumpLogSegments knows, the two indexes, or the segments of one topic. */
type FileKind = "any" | "index" | `__${string}`;

const DUMP_MS_MAX = 120_000;
const known = /^\d{20}\.(log|index|timeindex|txnindex|snapshot)$|^\d{20}-\d{10}\.checkpoint$/;

export function filesOf(dataFolder: string, kind: FileKind = "any"): string[] {
  return readdirSync(dataFolder, { recursive: true, encoding: "utf8" })
    .filter((path) => isOfKind(path.slice(0, path.lastIndexOf("/")), path.slice(path.lastIndexOf("/") + 1), kind))
    .sort()
    .map((path) => join(dataFolder, path));
}

function isOfKind(folder: string, name: string, kind: FileKind): boolean {
  if (!known.test(name)) return false;
  if (kind === "any") return true;
  if (kind === "index") return name.endsWith(".index") || name.endsWith(".timeindex");
  return folder.startsWith(`${kind}-`) && name.endsWith(".log");
}

export async function dumpFiles(paths: readonly string[], args: readonly string[]): Promise<string> {
  const options = ["--files", paths.join(","), ...args];
  const result = await runJava("org.apache.kafka.tools.DumpLogSegments", options, { timeoutMs: DUMP_MS_MAX });
  if (result.code !== 0) throw new Error(`${result.stdout}${result.stderr}`);
  return `${result.stdout}${result.stderr}`;
}

/** What the groups and their offsets have come to, in the files of the broker. */
export function dumpOffsets(dataFolder: string): Promise<string> {
  return dumpFiles(filesOf(dataFolder, "__consumer_offsets"), ["--offsets-decoder"]);
}

/** And the transactions. */
export function dumpTransactions(dataFolder: string): Promise<string> {
  return dumpFiles(filesOf(dataFolder, "__transaction_state"), ["--transaction-log-decoder"]);
}

const complaint =
  /isvalid: false|mismatch|corrupt|not valid|invalid bytes|out of order|could not be|Error|Exception|WARN/i;

/** Payloads are not looked at: they may say anything. */
export function complaintsOf(dumped: string): string[] {
  const complaints: string[] = [];
  let isCompacted = false;
  for (const line of dumped.split("\n").map((one) => one.replace(/ (key|payload): .*$/, ""))) {
    const segment = /^Non-consecutive offsets in (.*)$/.exec(line)?.[1];
    if (segment !== undefined) isCompacted = /\/[a-z_.]*(tables|__consumer_offsets|__transaction_state)-/.test(segment);
    // The tool says of every segment but the first that its records follow offset -1.
    const isGap = /^ +\d+ is followed by \d+$/.test(line) && !isCompacted;
    if (isGap || complaint.test(line)) complaints.push(line);
  }
  return complaints.slice(0, 20);
}
