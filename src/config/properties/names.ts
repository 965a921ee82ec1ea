/** Recognises names of properties that are not in the tables: prefixed forms, retired ones, and slips of the pen. */
import { brokerConfigDefinitions } from "./broker-properties.js";
import { brokerSynonymOfGroup, groupConfigDefinitions } from "./group-properties.js";
import { brokerSynonymsOfTopic, topicConfigDefinitions } from "./topic-properties.js";

/** Names that Apache Kafka 4 no longer knows but that old files still carry. */
const RETIRED: ReadonlyMap<string, string> = new Map([
  ["zookeeper.connect", "ZooKeeper is gone since Apache Kafka 4.0"],
  ["zookeeper.connection.timeout.ms", "ZooKeeper is gone since Apache Kafka 4.0"],
  ["zookeeper.session.timeout.ms", "ZooKeeper is gone since Apache Kafka 4.0"],
  ["inter.broker.protocol.version", "the newest protocol is always used"],
  ["log.message.format.version", "there is one message format only"],
  ["log.message.timestamp.difference.max.ms", "use log.message.timestamp.before.max.ms and …after.max.ms"],
  ["advertised.host.name", "use advertised.listeners"],
  ["advertised.port", "use advertised.listeners"],
  ["host.name", "use listeners"],
  ["port", "use listeners"],
  ["broker.id.generation.enable", "node.id has a default"],
  ["reserved.broker.max.id", "node ids are not generated"],
  ["delegation.token.master.key", "use delegation.token.secret.key"],
  ["group.coordinator.new.enable", "there is one group coordinator only"],
]);

/** Belong to plug-ins and editions that are not here: said by compose files everywhere, meant for nobody here. */
const FOREIGN_PREFIXES = ["confluent.", "rlmm.config.", "rsm.config."];

export type NameKind =
  | { readonly kind: "known" }
  /** Nothing to say about it: it is for somebody else. */
  | { readonly kind: "foreign" }
  | { readonly kind: "unknown"; readonly hint: string };

export function recognise(name: string): NameKind {
  if (brokerConfigDefinitions.has(name)) return { kind: "known" };
  if (FOREIGN_PREFIXES.some((prefix) => name.startsWith(prefix))) return { kind: "foreign" };
  const ofListener = /^listener\.name\.[^.]+\.(.+)$/.exec(name)?.[1];
  if (ofListener !== undefined && isListenerProperty(ofListener)) return { kind: "foreign" };
  const retired = RETIRED.get(name);
  if (retired !== undefined) return { kind: "unknown", hint: retired };
  const ofOthers = hintOfTopicOrGroup(name);
  if (ofOthers !== null) return { kind: "unknown", hint: ofOthers };
  const nearest = nearestName(name, [...brokerConfigDefinitions.keys()]);
  return { kind: "unknown", hint: nearest === null ? "no such property is known" : `did you mean ${nearest}?` };
}

/** Null: it is a property of neither. */
function hintOfTopicOrGroup(name: string): string | null {
  if (topicConfigDefinitions.has(name)) {
    return hintOf("topic", brokerSynonymsOfTopic.get(name)?.[0]?.name ?? null);
  }
  return groupConfigDefinitions.has(name) ? hintOf("group", brokerSynonymOfGroup(name)) : null;
}

function hintOf(owner: "topic" | "group", ofBroker: string | null): string {
  if (ofBroker === null) return `it is a property of each ${owner}, and the broker has none behind it`;
  return `it is a property of each ${owner}; the broker's, for those that do not set their own, is ${ofBroker}`;
}

/** A property of one listener, perhaps of one SASL mechanism: `plain.sasl.jaas.config`. */
function isListenerProperty(name: string): boolean {
  if (brokerConfigDefinitions.has(name)) return true;
  const dot = name.indexOf(".");
  return dot > 0 && name.startsWith("sasl.", dot + 1) && brokerConfigDefinitions.has(name.slice(dot + 1));
}

const LONGEST_NAME_COMPARED = 120;

/** The known name that takes the fewest letters to change into, if few enough; `null` when none is close. */
export function nearestName(name: string, known: readonly string[]): string | null {
  if (name.length > LONGEST_NAME_COMPARED) return null;
  let best: string | null = null;
  let fewest = Math.max(2, Math.floor(name.length / 4)) + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - name.length) >= fewest) continue;
    const distance = editDistance(name, candidate);
    if (distance < fewest) {
      fewest = distance;
      best = candidate;
    }
  }
  return best;
}

/** Letters to add, drop or replace, by the row-by-row method of Wagner and Fischer. */
export function editDistance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const replaced = (above[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (above[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    above = current;
  }
  return above[b.length] ?? 0;
}
