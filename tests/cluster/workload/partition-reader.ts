/** Reads one partition from its beginning, fetch after fetch, and records what it is given. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Address } from "../../../src/lib/environment.js";
import { errorName, errors } from "../../../src/protocol/errors.js";
import { Fetch } from "../../../src/protocol/messages/01-fetch.js";
import { committedRecordsIn, type FetchedRecord, recordsIn } from "../../simulation/records-in.js";
import type { HistoryEvent, Isolation } from "../checker/history.js";
import type { ClusterClient } from "./cluster-client.js";
import { isRetriable } from "./send-batch.js";

const FETCH_VERSION = 12;
const FETCH_BYTES = 1024 * 1024;
const MAX_WAIT_MS = 200;
const BETWEEN_ATTEMPTS_MS = 50;
const READ_COMMITTED = 1;
/** Then something is wrong that no repetition cures; it is told once. */
const COMPLAINTS_MAX = 1;

export interface ReaderOptions {
  readonly name: string;
  readonly client: ClusterClient;
  readonly partition: number;
  readonly isolation: Isolation;
  readonly isFinal: boolean;
  /** Reads from this replica, whether it leads or not, as a consumer in its rack does (KIP-392). */
  readonly replica?: { readonly address: Address; readonly rack: string };
  readonly record: (event: HistoryEvent) => void;
}

interface Fetched {
  readonly records: readonly FetchedRecord[];
  readonly next: number;
}

export class PartitionReader {
  readonly #options: ReaderOptions;
  #next = 0;
  #complaints = 0;

  constructor(options: ReaderOptions) {
    this.#options = options;
  }

  /** Until it has come to the end that `end` gives; null: there is none yet. */
  async readTo(end: () => number | null, givingUp: AbortSignal): Promise<void> {
    for (let last = end(); last === null || this.#next < last; last = end()) {
      if (givingUp.aborted) {
        this.#complain(`came only to ${this.#next} of ${last}`);
        return;
      }
      if (!(await this.#poll())) await sleep(BETWEEN_ATTEMPTS_MS);
    }
  }

  async #poll(): Promise<boolean> {
    const { client, partition, isolation, replica, name: reader, isFinal, record } = this.#options;
    const at = replica?.address ?? (await client.leaderOf(partition));
    const answer = at === null ? null : await client.ask(at, Fetch, FETCH_VERSION, this.#request());
    const answered = answer?.responses[0]?.partitions[0];
    if (answered === undefined || answered.errorCode !== errors.NONE.code) {
      client.forget();
      if (answered !== undefined && !isRetriable(answered.errorCode)) {
        this.#complain(`a fetch at ${this.#next} was answered with ${errorName(answered.errorCode)}`);
      }
      return false;
    }
    const from = this.#next;
    const fetched = this.#open(answered.records ?? new Uint8Array(0), answered.abortedTransactions ?? []);
    if (fetched === null || fetched.next === from) return fetched !== null;
    const records = fetched.records
      .filter(({ offset }) => offset >= from)
      .map(({ offset, value }) => [offset, value] as const);
    record({ what: "polled", reader, isolation, isFinal, partition, from, next: fetched.next, records });
    this.#next = fetched.next;
    return true;
  }

  #request() {
    const { client, partition, isolation, replica } = this.#options;
    const partitions = [{ partition, fetchOffset: this.#next, partitionMaxBytes: FETCH_BYTES }];
    return {
      ...{ maxWaitMs: MAX_WAIT_MS, minBytes: 1, maxBytes: FETCH_BYTES, rackId: replica?.rack ?? "" },
      isolationLevel: isolation === "committed" ? READ_COMMITTED : 0,
      topics: [{ topic: client.topic, partitions }],
    };
  }

  /** Null: the bytes are damaged. */
  #open(
    bytes: Uint8Array,
    aborted: readonly { readonly producerId: number; readonly firstOffset: number }[],
  ): Fetched | null {
    try {
      const { records, nextOffset } = committedRecordsIn(bytes, aborted);
      const next = nextOffset ?? this.#next;
      return { next, records: this.#options.isolation === "committed" ? records : recordsIn(bytes) };
    } catch (error) {
      this.#complain(`what is fetched at ${this.#next} cannot be read: ${error}`);
      return null;
    }
  }

  #complain(says: string): void {
    const { name, partition, record } = this.#options;
    if (this.#complaints++ < COMPLAINTS_MAX)
      record({ what: "complaint", who: `${name} in partition ${partition}`, says });
  }
}
