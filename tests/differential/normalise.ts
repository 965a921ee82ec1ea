/**
 * Makes the answers of two brokers comparable: what must differ from run to run (ids, addresses, clocks, sizes of disks)
 * becomes a label, and lists in which the order means nothing are sorted. Everything else stays as it came.
 *
 * Labels are given in the order in which values first appear, so "the same member as before" still compares.
 */
import type { Field, Fields } from "../../src/protocol/schema/fields.js";
import type { Api } from "../../src/protocol/schema/message.js";
import { ZERO_UUID } from "../../src/protocol/wire/zero-uuid.js";
import { describeRecords } from "./describe-records.js";
import type { Recording } from "./recording.js";
import type { Exchange } from "./recording-connection.js";

/** Only what JSON can show, with fields in wire order. */
export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [name: string]: Plain };

export interface NormalisedExchange {
  readonly title: string;
  readonly request: Plain;
  readonly answer: Plain;
}

export interface NormalisedRecording {
  readonly exchanges: readonly NormalisedExchange[];
  readonly endedBy: string | null;
}

/** How a broker, or each of several, is reached. */
export interface Place {
  readonly host: string;
  /** Its name in answers, by port. */
  readonly ports: ReadonlyMap<number, string>;
  /** There are several brokers: any of them may call itself the controller (KIP-590). */
  readonly isCluster: boolean;
}

export function placeOf({ host, port }: { readonly host: string; readonly port: number }): Place {
  return { host, ports: new Map([[port, "<port>"]]), isCluster: false };
}

export function normalise(recording: Recording, place: Place): NormalisedRecording {
  const normaliser = new Normaliser(place);
  return {
    exchanges: recording.exchanges.map((exchange) => normaliser.exchange(exchange)),
    endedBy: recording.endedBy,
  };
}

/** A clock time within this distance of now was read from a clock; any other came from the scenario. */
const NOW_MS = 3_600_000;

const MEMBER_ID_TAIL = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

const SHORT_UUID = /^[A-Za-z0-9_-]{22}$/;

/** Numbers that a broker draws or counts for itself, with the values that mean "none". */
const drawnNumbers: Readonly<Record<string, readonly unknown[]>> = {
  producerId: [-1],
  v3AndBelowProducerId: [-1],
  sessionId: [0],
  subscriptionId: [0],
  producerIdStart: [-1],
  brokerEpoch: [-1],
  finalizedFeaturesEpoch: [-1],
  throttleTimeMs: [],
  partitionSize: [0],
  totalBytes: [-1],
  usableBytes: [-1],
};

/** The same, where only one API has a name so plain. */
const drawnNumbersOf: Readonly<Record<string, ReadonlySet<string>>> = {
  DescribeQuorum: new Set(["highWatermark", "logEndOffset", "leaderEpoch", "port"]),
};

/** Texts that name this one cluster or this one machine. */
const ownTexts = new Set(["clusterId", "logDir"]);

/** The fields that name an element of a list; lists of such elements are sorted by them. */
export const namingFields = [
  "apiKey",
  "name",
  "topic",
  "topicName",
  "topicId",
  "groupId",
  "transactionalId",
  "key",
  "nodeId",
  "brokerId",
  "partitionIndex",
  "partition",
  "index",
  "memberId",
  "resourceName",
  "logDir",
  "partitionId",
  "replicaId",
  "user",
  "mechanism",
  "entityType",
  "entity",
  "resourceType",
];

/** Numbers and texts that only say which ones are meant. */
const setsOfNumbers = new Set([
  "partitions",
  "isrNodes",
  "isr",
  "eligibleLeaderReplicas",
  "lastKnownElr",
  "offlineReplicas",
]);
const setsOfTexts = new Set(["requestedMetrics"]);

/** Lists in which the first one wins. */
const rankedLists = new Set(["synonyms", "protocols"]);

class Normaliser {
  readonly #place: Place;
  readonly #labels = new Map<string, Map<unknown, string>>();
  /** The API of the exchange at hand. */
  #api = "";
  /** Both were asked in the same order. */
  #isRequest = false;

  constructor(place: Place) {
    this.#place = place;
  }

  exchange({ title, api, request, answer }: Exchange): NormalisedExchange {
    this.#api = api.name;
    return {
      title,
      request: request === null ? null : this.#request(api, request),
      answer: "none" in answer ? answer.none : this.#answer(api, answer.body),
    };
  }

  #request(api: Api, body: unknown): Plain {
    this.#isRequest = true;
    const plain = this.#struct(api.request.fields, body);
    this.#isRequest = false;
    return plain;
  }

  #answer(api: Api, body: unknown): Plain {
    return this.#struct(api.response.fields, body);
  }

  #struct(fields: Fields, value: unknown): Plain {
    const entries: [string, Plain][] = [];
    for (const [name, field] of Object.entries(fields)) {
      const inside = memberOf(value, name);
      if (inside !== undefined) entries.push([name, this.#field(name, field, inside)]);
    }
    return Object.fromEntries(entries);
  }

  #field(name: string, field: Field, value: unknown): Plain {
    if (value === null) return null;
    if (field.kind === "struct") return this.#struct(field.fields ?? {}, value);
    if (field.kind === "array") return this.#array(name, field.element, value);
    if (field.kind === "records") return describeRecords(value, (id) => this.#number("producerId", id));
    if (field.kind === "bytes") return describeBytes(value);
    if (field.kind === "uuid") return value === ZERO_UUID ? "zero" : this.#label("uuid", value);
    if (typeof value === "string") return this.#text(name, value);
    if (typeof value === "bigint") return `${value}n`;
    if (typeof value === "number") return this.#number(name, value);
    return value === true;
  }

  #array(name: string, element: Field | undefined, value: unknown): Plain {
    if (element === undefined || !Array.isArray(value)) throw new Error(`${name} is not a list`);
    if (setsOfNumbers.has(name) && element.kind === "int32") return value.toSorted((one, other) => one - other);
    if (setsOfTexts.has(name)) return value.toSorted();
    const items = value.map((item: unknown) => this.#unlabelled(element, item));
    // Sorted before they get their labels, so that the order of a hash map does not number them.
    const order = items.map((_, index) => index).sort((one, other) => compareTexts(items[one], items[other]));
    const hasOrder = this.#isRequest || rankedLists.has(name) || items.every((item) => item === null);
    const sorted = hasOrder ? items.map((_, index) => index) : order;
    return sorted.map((index) => this.#field(name, element, value[index]));
  }

  /** What an element is sorted by, or null when its place in the list means something. */
  #unlabelled(element: Field, item: unknown): string | null {
    if (element.kind !== "struct") return null;
    const names = namingFields.map((name) => memberOf(item, name)).filter((name) => name !== undefined);
    return names.length === 0 ? null : names.map((name) => sortable(this.#known(name))).join(" ");
  }

  /** An id that was asked for has its label already, which sorts alike on both sides. */
  #known(value: unknown): unknown {
    return this.#labels.get("uuid")?.get(value) ?? value;
  }

  #text(name: string, text: string): string {
    if (ownTexts.has(name)) return `<${name}>`;
    // In a consumer group Apache Kafka makes ids of members in another form than in a classic one.
    if (name === "memberId" && SHORT_UUID.test(text)) return this.#label("drawn", text);
    if (name === "host" && text === this.#place.host) return "<host>";
    return text.replace(MEMBER_ID_TAIL, (tail) => this.#label("drawn", tail));
  }

  #number(name: string, value: number): Plain {
    const port = name === "port" ? this.#place.ports.get(value) : undefined;
    if (port !== undefined) return port;
    if (value > 0 && drawnNumbersOf[this.#api]?.has(name) === true) return `<${name}>`;
    if (name === "controllerId" && this.#place.isCluster && value > 0) return "<controllerId>";
    const none = drawnNumbers[name];
    if (none !== undefined) return none.includes(value) ? value : this.#drawn(name, value);
    const isTime = /timestamp|TimeMs$/i.test(name);
    return isTime && Math.abs(value - Date.now()) < NOW_MS ? "<now>" : value;
  }

  #drawn(name: string, value: number): string {
    if (/producerId$/i.test(name)) return this.#label("producerId", value);
    return name === "sessionId" ? this.#label(name, value) : `<${name}>`;
  }

  #label(kind: string, value: unknown): string {
    const labels = this.#labels.get(kind) ?? new Map<unknown, string>();
    this.#labels.set(kind, labels);
    const label = labels.get(value) ?? `<${kind} ${labels.size + 1}>`;
    labels.set(value, label);
    return label;
  }
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
}

function describeBytes(value: unknown): string {
  if (!(value instanceof Uint8Array)) throw new Error("bytes are bytes");
  const text = Buffer.from(value).toString("utf8");
  return /^[\x20-\x7e]*$/.test(text) ? `"${text}"` : `hex ${Buffer.from(value).toString("hex")}`;
}

/** Numbers sort as numbers. A drawn tail must not decide the order, so it is left out. */
function sortable(value: unknown): string {
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  return typeof value === "number" ? text.padStart(12) : text.replace(MEMBER_ID_TAIL, "");
}

function compareTexts(one: string | null | undefined, other: string | null | undefined): number {
  const [left, right] = [one ?? "", other ?? ""];
  return left < right ? -1 : left > right ? 1 : 0;
}
