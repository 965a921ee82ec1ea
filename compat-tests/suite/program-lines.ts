/** Reads the lines that a client's program prints: what it reports, and what it asks for. */
import type { Ask, Said } from "../contract.js";

type Fields = Readonly<Record<string, unknown>>;

/** Null when the line asks for nothing. An ask that the suite does not know is a mistake of the program. */
export function askIn(line: string): Ask | null {
  const fields = fieldsOf(line);
  if (fields === null || !("ask" in fields)) return null;
  const topic = String(fields.topic ?? "");
  switch (fields.ask) {
    case "restart-broker":
    case "kill-broker":
    case "drop-connections":
      return { ask: fields.ask };
    case "move-leader":
      return { ask: "move-leader", topic };
    case "add-partitions":
      return { ask: "add-partitions", topic, count: Number(fields.count) };
    case "create-topic": {
      const { partitions = 1, replicas = 1, configs } = fields;
      return {
        ask: "create-topic",
        topic,
        partitions: Number(partitions),
        replicas: Number(replicas),
        configs: textsOf(configs),
      };
    }
    default:
      throw new Error(`a client's program asks for what the suite cannot do: ${line}`);
  }
}

/** Null when the line is no report of a scenario. */
export function saidIn(line: string): Said | null {
  const fields = fieldsOf(line);
  if (fields === null || typeof fields.scenario !== "string") return null;
  const { scenario, outcome, ms, message } = fields;
  const said = { scenario, ms: typeof ms === "number" ? ms : 0, message: typeof message === "string" ? message : "" };
  if (outcome === "passed" || outcome === "failed" || outcome === "unsupported" || outcome === "skipped") {
    return { ...said, outcome };
  }
  return { ...said, outcome: "failed", message: `the program reports an outcome of its own: ${String(outcome)}` };
}

function fieldsOf(line: string): Fields | null {
  if (!line.startsWith("{")) return null;
  try {
    const fields: Fields = JSON.parse(line);
    return fields;
  } catch {
    return null;
  }
}

function textsOf(value: unknown): Record<string, string> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([name, text]) => [name, String(text)]));
}
