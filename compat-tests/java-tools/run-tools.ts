/** Runs tools of Apache Kafka's in one process, in order, and gives what each of them has printed. */
import { runJava } from "../../tests/support/java.js";
import { inRepository } from "../../tests/support/repository.js";

export interface ToolRun {
  readonly code: number;
  readonly output: string;
}

/** The main class and its arguments. */
type ToolCall = readonly string[];

export async function runTools<Name extends string>(
  calls: Readonly<Record<Name, ToolCall>>,
): Promise<Readonly<Record<Name, ToolRun>>> {
  const names = Object.keys(calls);
  const lines = Object.values<ToolCall>(calls).map((call) => JSON.stringify(call));
  const program = inRepository("compat-tests", "java-tools", "RunTools.java");
  const { stdout, stderr } = await runJava(program, [], { input: `${lines.join("\n")}\n`, timeoutMs: 120_000 });
  const runs = stdout.trim().split("\n");
  if (runs.length !== names.length) throw new Error(`${names[runs.length]} ended the process: ${stdout}${stderr}`);
  return Object.fromEntries(names.map((name, at) => [name, JSON.parse(runs[at] ?? "")])) as Record<Name, ToolRun>;
}
