import { invariant } from "../../../src/lib/invariant.js";
import { errorName, errors } from "../../../src/protocol/errors.js";
import { fetch, type Place } from "../calls.js";
import { type FetchedRecord, recordsIn } from "../records-in.js";
import type { KnownLeader } from "./cluster-client.js";
import { type ClusterWorker, type ClusterWorkerOptions, passing } from "./cluster-worker.js";

const WAIT = { minBytes: 1, maxWaitMs: 300 };

/** Reads each partition from its beginning, and again. What it has read once is there for good, so no offset is too high. */
export class ClusterReader implements ClusterWorker {
  readonly isIdle = true;
  readonly #options: ClusterWorkerOptions;
  readonly #positions = new Map<number, number>();

  constructor(options: ClusterWorkerOptions) {
    this.#options = options;
  }

  async step(): Promise<void> {
    const { client, ledger, places, random } = this.#options;
    const place = places[random.below(places.length)];
    invariant(place !== undefined, "the topic has partitions");
    const { topic, partition } = place;
    const leader = await client.leaderOf(topic, partition);
    if (leader === null) return;
    const position = this.#positions.get(partition) ?? 0;
    const records = await readFrom(leader, place, position).catch((failure) => {
      client.forget(partition);
      throw failure;
    });
    if (records === null) {
      client.forget(partition);
      return;
    }
    ledger.wasRead(partition, records);
    const next = (records.at(-1)?.offset ?? position - 1) + 1;
    this.#positions.set(partition, random.chance(0.02) ? 0 : next);
  }
}

/** Null: this is not the leader, or it is not ready. */
export async function readFrom(
  leader: KnownLeader,
  place: Place,
  offset: number,
): Promise<readonly FetchedRecord[] | null> {
  const { errorCode, records } = await fetch(leader.client, place, offset, WAIT, leader.leaderEpoch);
  if (errorCode === errors.NONE.code) return recordsIn(records ?? new Uint8Array(0));
  const where = `a fetch at offset ${offset} of partition ${place.partition}`;
  invariant(passing.has(errorCode), `${where} was answered with ${errorName(errorCode)}`);
  return null;
}
