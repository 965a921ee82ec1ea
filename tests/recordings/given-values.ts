/**
 * What a broker drew for itself and a client sends back: ids of topics, members, producers and fetch sessions. Those of
 * the broker that was recorded stand in the recording; a replay learns by comparing each recorded answer with the live
 * one, field by field, which values of the live broker stand for them.
 */
import { readBatches } from "../../src/protocol/records/batch.js";
import { writeInt64 } from "../../src/protocol/records/int64.js";
import { PRODUCER_ID } from "../../src/protocol/records/layout.js";
import type { Field, Fields } from "../../src/protocol/schema/fields.js";
import { ZERO_UUID } from "../../src/protocol/wire/zero-uuid.js";

/** Under which name the value of a field is remembered. */
const kinds: Readonly<Record<string, string>> = {
  memberId: "member",
  leader: "member",
  producerId: "producer",
  v3AndBelowProducerId: "producer",
  sessionId: "session",
};

/** The fields by which the elements of two lists are the same one. */
const naming = ["name", "topic", "groupId", "transactionalId"];

export class GivenValues {
  readonly #live = new Map<string, unknown>();

  /** The first lesson counts: a member learns its own id before it sees it in a list of members. */
  learn(fields: Fields, recorded: unknown, live: unknown): void {
    for (const [name, field] of Object.entries(fields)) {
      this.#learnField(name, field, memberOf(recorded, name), memberOf(live, name));
    }
  }

  /** A request as it was recorded, with the values of the live broker. */
  rebind(fields: Fields, recorded: unknown): Readonly<Record<string, unknown>> {
    if (typeof recorded !== "object" || recorded === null) throw new Error("a struct is an object");
    const entries = Object.entries(recorded);
    return Object.fromEntries(
      entries.map(([name, value]) => {
        const field = fields[name];
        return [name, field === undefined ? value : this.#rebound(name, field, value)];
      }),
    );
  }

  #learnField(name: string, field: Field, recorded: unknown, live: unknown): void {
    if (recorded === null || live === null || recorded === undefined || live === undefined) return;
    if (field.kind === "struct") this.learn(field.fields ?? {}, recorded, live);
    else if (field.kind === "array") this.#learnList(name, field.element, recorded, live);
    else {
      const key = keyOf(name, field, recorded);
      if (key !== null && !this.#live.has(key)) this.#live.set(key, live);
    }
  }

  #learnList(name: string, element: Field | undefined, recorded: unknown, live: unknown): void {
    if (element === undefined || !Array.isArray(recorded) || !Array.isArray(live)) return;
    for (const [index, item] of recorded.entries()) {
      const called = nameOf(item);
      const partner = called === undefined ? live[index] : live.find((other) => nameOf(other) === called);
      this.#learnField(name, element, item, partner);
    }
  }

  #rebound(name: string, field: Field, value: unknown): unknown {
    if (value === null) return null;
    if (field.kind === "struct") return this.rebind(field.fields ?? {}, value);
    if (field.kind === "records" && value instanceof Uint8Array) return this.#reboundRecords(value);
    if (field.kind === "array" && Array.isArray(value)) {
      const { element } = field;
      return element === undefined ? value : value.map((item: unknown) => this.#rebound(name, element, item));
    }
    const key = keyOf(name, field, value);
    return key === null ? value : (this.#live.get(key) ?? value);
  }

  /** The producer's id stands in the header of each batch as well, under its CRC. */
  #reboundRecords(recorded: Uint8Array): Uint8Array {
    const records = Buffer.from(recorded);
    for (const batch of readBatches(records).batches) {
      const live = this.#live.get(`producer ${batch.producerId}`);
      if (typeof live !== "number") continue;
      writeInt64(batch.bytes, live, PRODUCER_ID);
      batch.writeCrc();
    }
    return records;
  }
}

/** Null where the value is not one that a broker draws. */
function keyOf(name: string, field: Field, value: unknown): string | null {
  const kind = field.kind === "uuid" ? "uuid" : kinds[name];
  const isNone = value === ZERO_UUID || value === "" || value === 0 || value === -1;
  // The id of the first producer is 0; there is no session and no member of that id.
  if (kind === undefined || (isNone && !(kind === "producer" && value === 0))) return null;
  return `${kind} ${value}`;
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

function nameOf(item: unknown): unknown {
  return naming.map((name) => memberOf(item, name)).find((value) => typeof value === "string" && value !== "");
}
