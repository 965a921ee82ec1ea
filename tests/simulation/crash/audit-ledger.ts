/** Looks at what a broker makes of transactions after a start, once what was prepared is completed. */
import { invariant } from "../../../src/lib/invariant.js";
import { errors } from "../../../src/protocol/errors.js";
import { committedOffset, EARLIEST, fetch, LATEST, offsetAt, type Place } from "../calls.js";
import type { Client } from "../client.js";
import { committedRecordsIn, type FetchedRecord, recordsIn } from "../records-in.js";
import { fetchCommitted, initTransactions, transactionsIn } from "../transaction-calls.js";
import type { ExpectedLedger, FoundLedger, FoundPartition } from "./expected-ledger.js";
import { groupOf } from "./transactional-producer.js";

const ASKED_MAX = 5_000;
const PREPARED = ["PrepareCommit", "PrepareAbort"];
const UNDER_WAY = ["Ongoing", ...PREPARED];
const LAST_TIMEOUT_MS = 60_000;

export async function auditLedger(client: Client, ledger: ExpectedLedger): Promise<void> {
  if (ledger.places.length === 0) return;
  await until(async () => (await countIn(client, PREPARED)) === 0, "what was prepared is completed after a start");
  ledger.audit(await findLedger(client, ledger));
}

/** Takes over from all producers: then nothing is under way any more. */
export async function endAllTransactions(client: Client, ledger: ExpectedLedger): Promise<void> {
  for (const transactionalId of ledger.transactionalIds) {
    await until(async () => {
      const { errorCode, producerEpoch: epoch } = await initTransactions(client, transactionalId, LAST_TIMEOUT_MS);
      if (errorCode === errors.NONE.code) ledger.initialised({ transactionalId, id: 0, epoch });
      return errorCode === errors.NONE.code;
    }, `${transactionalId} can be initialised`);
  }
  await auditLedger(client, ledger);
}

async function findLedger(client: Client, ledger: ExpectedLedger): Promise<FoundLedger> {
  const isQuiet = (await countIn(client, UNDER_WAY)) === 0;
  const partitions: FoundPartition[] = [];
  for (const place of ledger.places) partitions.push(await findPartition(client, place));
  const offsets = new Map<string, number | null>();
  for (const id of ledger.transactionalIds) {
    offsets.set(id, await numberCommitted(client, groupOf(id), ledger.firstPlace));
  }
  return { partitions, offsets, isQuiet };
}

async function findPartition(client: Client, place: Place): Promise<FoundPartition> {
  const { offset: start } = await offsetAt(client, place, EARLIEST);
  // A new leader answers once it knows all that was committed before (KIP-207); what it sends until then may be less.
  await offsetAt(client, place, LATEST);
  const wait = { minBytes: 1, maxWaitMs: 0 };
  const all: FetchedRecord[] = [];
  const committed: FetchedRecord[] = [];
  let [highWatermark, lastStableOffset] = [start, start];
  for (let next: number | null = start; next !== null; ) {
    const { records, highWatermark: end } = await fetch(client, place, next, wait);
    const found = committedRecordsIn(records ?? new Uint8Array(), []);
    all.push(...recordsIn(records ?? new Uint8Array()).filter(isFrom(next)));
    [highWatermark, next] = [end, found.nextOffset];
  }
  for (let next: number | null = start; next !== null; ) {
    const { records, abortedTransactions, lastStableOffset: end } = await fetchCommitted(client, place, next, wait);
    const found = committedRecordsIn(records ?? new Uint8Array(), abortedTransactions ?? []);
    committed.push(...found.records.filter(isFrom(next)));
    [lastStableOffset, next] = [end, found.nextOffset];
  }
  return { place, highWatermark, lastStableOffset, all, committed };
}

function isFrom(position: number) {
  return ({ offset }: FetchedRecord): boolean => offset >= position;
}

async function numberCommitted(client: Client, groupId: string, place: Place): Promise<number | null> {
  let number: number | null = null;
  await until(async () => {
    const { errorCode, committedOffset: offset, metadata } = await committedOffset(client, groupId, place);
    number = offset < 0 ? null : Number(metadata);
    return errorCode === errors.NONE.code;
  }, `the offsets of ${groupId} are there after a start`);
  return number;
}

/** Asked once only, a transaction may be missed that moves: by its new coordinator before it came, by the old one after. */
async function countIn(client: Client, states: readonly string[]): Promise<number> {
  return (await countedIn(client, states)) || countedIn(client, states);
}

async function countedIn(client: Client, states: readonly string[]): Promise<number> {
  const answers = await Promise.all(client.each.map((one) => transactionsIn(one, states)));
  const areAllThere = answers.every(({ errorCode }) => errorCode === errors.NONE.code);
  return areAllThere ? answers.reduce((sum, { transactionStates }) => sum + transactionStates.length, 0) : Number.NaN;
}

async function until(holds: () => Promise<boolean>, what: string): Promise<void> {
  for (let asked = 0; !(await holds()); asked++) invariant(asked < ASKED_MAX, what);
}
