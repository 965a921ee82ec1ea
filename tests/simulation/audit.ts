/** Looks at everything that a broker holds after a start, through the protocol, and compares it with what must be there. */
import { invariant } from "../../src/lib/invariant.js";
import { readBatches } from "../../src/protocol/records/batch.js";
import { isRefusal, readRecords } from "../../src/protocol/records/record.js";
import { committedOffset, EARLIEST, fetch, LATEST, offsetAt, type Place, topicsOf } from "./calls.js";
import type { SimulatedClient } from "./client.js";
import type { Expected } from "./expected.js";
import type { FoundLog } from "./expected-log.js";

const RECORDS_BYTES_MAX = 1024 * 1024;
const GROUP_TOPIC = "__consumer_offsets";

export async function audit(client: SimulatedClient, expected: Expected, groups: readonly string[]): Promise<void> {
  const { since } = expected;
  const topics = await topicsOf(client, null);
  const found = topics.flatMap(({ name, topicId, partitions }) =>
    name === null || name === GROUP_TOPIC ? [] : [[name, { topicId, partitions: partitions.length }] as const],
  );
  expected.auditTopics(new Map(found));
  for (const log of expected.logs) {
    log.audit(await readLog(client, log.place), since);
    for (const groupId of groups) {
      const key = commitKey(groupId, log.place);
      expected.commits.audit(key, await foundCommit(client, groupId, log.place), since);
    }
  }
  expected.audited();
}

export function commitKey(groupId: string, { topicId, partition }: Place): string {
  return `${groupId} ${topicId} ${partition}`;
}

async function foundCommit(client: SimulatedClient, groupId: string, place: Place) {
  const { errorCode, committedOffset: offset, metadata } = await committedOffset(client, groupId, place);
  invariant(errorCode === 0, `the offsets of ${groupId} are there after a start, not error ${errorCode}`);
  return offset < 0 ? null : { offset, number: Number(metadata) };
}

async function readLog(client: SimulatedClient, place: Place): Promise<FoundLog> {
  const startOffset = await offsetOf(client, place, EARLIEST);
  const endOffset = await offsetOf(client, place, LATEST);
  const values = new Map<number, string>();
  for (let next = startOffset; next < endOffset; ) {
    const { errorCode, records } = await fetch(client, place, next, { minBytes: 1, maxWaitMs: 100 });
    invariant(errorCode === 0 && records !== null, `${place.topic} is read from ${next} on, not error ${errorCode}`);
    for (const { offset, value } of recordsIn(records)) {
      if (offset < startOffset) continue;
      values.set(offset, value);
      next = offset + 1;
    }
  }
  return { startOffset, endOffset, values };
}

async function offsetOf(client: SimulatedClient, place: Place, which: number): Promise<number> {
  const { errorCode, offset } = await offsetAt(client, place, which);
  invariant(errorCode === 0, `${place.topic} tells its offsets, not error ${errorCode}`);
  return offset;
}

/** The records of a fetch. Every batch is whole and has its CRC. */
export function recordsIn(records: Uint8Array): { readonly offset: number; readonly value: string }[] {
  const { batches, stop } = readBatches(records);
  invariant(stop === null && batches.length > 0, `a fetch below the end gives whole batches (${stop})`);
  return batches.flatMap((batch) => {
    invariant(batch.hasValidCrc(), `the batch at offset ${batch.baseOffset} has its CRC`);
    const opened = readRecords(batch, RECORDS_BYTES_MAX);
    invariant(!isRefusal(opened), `the batch at offset ${batch.baseOffset} can be opened`);
    return opened.map(({ offset, value }) => ({ offset, value: Buffer.from(value ?? []).toString("latin1") }));
  });
}
