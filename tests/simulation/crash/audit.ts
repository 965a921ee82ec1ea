/** Looks at everything that a broker holds after a start, through the protocol, and compares it with what must be there. */
import { invariant } from "../../../src/lib/invariant.js";
import { errors } from "../../../src/protocol/errors.js";
import { committedOffset, EARLIEST, epochEnd, fetch, LATEST, offsetAt, type Place, topicsOf } from "../calls.js";
import type { Client } from "../client.js";
import { type FetchedRecord, recordsIn } from "../records-in.js";
import { auditLedger } from "./audit-ledger.js";
import type { Expected } from "./expected.js";
import type { FoundLog } from "./expected-log.js";

const internalTopics: readonly (string | null)[] = ["__consumer_offsets", "__transaction_state"];
const ASKED_MAX = 5_000;
const loading: readonly number[] = [errors.COORDINATOR_LOAD_IN_PROGRESS.code, errors.NOT_COORDINATOR.code];

export interface Groups {
  /** They commit for the topics that come and go. */
  readonly withoutMembers: readonly string[];
  readonly withMembers: readonly string[];
}

export async function audit(client: Client, expected: Expected, groups: Groups): Promise<void> {
  const { since } = expected;
  // The other end of an old connection may have gone without a word.
  client.close();
  const topics = await topicsOf(client, null);
  const found = topics.flatMap(({ name, topicId, partitions }) =>
    name === null || internalTopics.includes(name) ? [] : [[name, { topicId, partitions: partitions.length }] as const],
  );
  expected.auditTopics(new Map(found));
  for (const log of expected.logs) {
    const found = await readLog(client, log.place);
    log.audit(found, since);
    await auditLookUps(client, log.place, found);
    for (const groupId of groups.withoutMembers) await auditCommit(client, expected, groupId, log.place);
  }
  for (const place of expected.shared) {
    for (const groupId of groups.withMembers) await auditCommit(client, expected, groupId, place);
  }
  await auditLedger(client, expected.ledger);
  expected.audited();
}

export function commitKey(groupId: string, { topicId, partition }: Place): string {
  return `${groupId} ${topicId} ${partition}`;
}

async function auditCommit(client: Client, { commits, since }: Expected, groupId: string, place: Place) {
  commits.audit(commitKey(groupId, place), await foundCommit(client, groupId, place), since);
}

/** A coordinator may still be loading. */
async function foundCommit(client: Client, groupId: string, place: Place) {
  let answer = await committedOffset(client, groupId, place);
  for (let asked = 1; asked < ASKED_MAX && loading.includes(answer.errorCode); asked++) {
    answer = await committedOffset(client, groupId, place);
  }
  const { errorCode, committedOffset: offset, metadata } = answer;
  invariant(errorCode === 0, `the offsets of ${groupId} are there after a start, not error ${errorCode}`);
  return offset < 0 ? null : { offset, number: Number(metadata) };
}

async function readLog(client: Client, place: Place): Promise<FoundLog> {
  const startOffset = await offsetOf(client, place, EARLIEST);
  const endOffset = await offsetOf(client, place, LATEST);
  const records: FetchedRecord[] = [];
  for (let next = startOffset; next < endOffset; ) {
    const found = (await recordsAt(client, place, next)).filter(({ offset }) => offset >= next);
    records.push(...found);
    next = (found.at(-1)?.offset ?? next) + 1;
  }
  return { startOffset, endOffset, records };
}

async function recordsAt(client: Client, place: Place, offset: number): Promise<FetchedRecord[]> {
  const { errorCode, records } = await fetch(client, place, offset, { minBytes: 1, maxWaitMs: 100 });
  invariant(errorCode === 0 && records !== null, `${place.topic} is read from ${offset} on, not error ${errorCode}`);
  const found = recordsIn(records);
  invariant(found.at(-1) !== undefined, `${place.topic} has records at ${offset}, below its end`);
  return found;
}

/** What indexes and epochs tell of some records is what a walk through the log tells. */
async function auditLookUps(client: Client, place: Place, { records, endOffset }: FoundLog): Promise<void> {
  for (const at of [0, records.length >> 1, records.length - 1]) {
    const record = records[at];
    if (record === undefined) return;
    const { offset, timestampMs, leaderEpoch } = record;
    const found = await recordsAt(client, place, offset);
    invariant(
      found.some((one) => one.offset === offset),
      `a fetch at offset ${offset} finds it`,
    );
    const byTime = await offsetAt(client, place, timestampMs);
    const first = records.find((one) => one.timestampMs >= timestampMs);
    invariant(byTime.offset === first?.offset, `time ${timestampMs} is at ${first?.offset}, not at ${byTime.offset}`);
    const ended = await epochEnd(client, place, leaderEpoch);
    const next = records.find((one) => one.leaderEpoch > leaderEpoch)?.offset ?? endOffset;
    invariant(ended.endOffset === next, `epoch ${leaderEpoch} ends at ${next}, not at ${ended.endOffset}`);
  }
}

async function offsetOf(client: Client, place: Place, which: number): Promise<number> {
  const { errorCode, offset } = await offsetAt(client, place, which);
  invariant(errorCode === 0, `${place.topic} tells its offsets, not error ${errorCode}`);
  return offset;
}
