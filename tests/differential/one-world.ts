/** Sessions of random requests share two brokers: what lists show of other sessions is left out of a recording. */
import type { Recording } from "./recording.js";
import type { Exchange } from "./recording-connection.js";

/** Names of this run begin with `run`, those of the session at hand with `prefix`. */
export interface WorldNames {
  readonly run: string;
  readonly prefix: string;
  /** Made and removed by requests to the controller: a broker learns of it late, so lists may show it or not. */
  readonly scratchTopic: string;
}

/** APIs that list all topics there are. */
const listsOfTopics = new Set(["Metadata", "DescribeLogDirs", "ListConfigResources"]);

export function ofOneWorld(recording: Recording, names: WorldNames): Recording {
  return { ...recording, exchanges: recording.exchanges.map((exchange) => ofOne(exchange, names)) };
}

function ofOne(exchange: Exchange, { run, prefix, scratchTopic }: WorldNames): Exchange {
  const { api, answer } = exchange;
  if ("none" in answer) return exchange;
  const isForeign = (name: unknown) =>
    typeof name === "string" &&
    ((name.startsWith(run) && !name.startsWith(prefix)) || (name === scratchTopic && listsOfTopics.has(api.name)));
  return { ...exchange, answer: { body: without(answer.body, isForeign) } };
}

/** The same without the items of lists that such a name belongs to. */
function without(value: unknown, isForeign: (name: unknown) => boolean): unknown {
  if (Array.isArray(value)) {
    return value.filter((item) => !namesOf(item).some(isForeign)).map((item) => without(item, isForeign));
  }
  if (!isStruct(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inside]) => [name, without(inside, isForeign)]));
}

/** The entity of a quota has names of its own. */
function namesOf(item: unknown): readonly unknown[] {
  if (!isStruct(item)) return [item];
  const { entity } = item as { readonly entity?: unknown };
  return [...Object.values(item), ...(Array.isArray(entity) ? entity.flatMap(namesOf) : [])];
}

function isStruct(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}
