/** Looks at everything that a broker holds after a start, through the protocol, and compares it with what must be there. */
import { invariant } from "../../../src/lib/invariant.js";
import { errors } from "../../../src/protocol/errors.js";
import { committedOffset, EARLIEST, fetch, LATEST, offsetAt, type Place, topicsOf } from "../calls.js";
import type { SimulatedClient } from "../client.js";
import { recordsIn } from "../records-in.js";
import type { Expected } from "./expected.js";
import type { FoundLog } from "./expected-log.js";

const GROUP_TOPIC = "__consumer_offsets";
const ASKED_MAX = 5_000;
const loading: readonly number[] = [errors.COORDINATOR_LOAD_IN_PROGRESS.code, errors.NOT_COORDINATOR.code];

export async function audit(client: SimulatedClient, expected: Expected, groups: readonly string[]): Promise<void> {
  const { since } = expected;
  // The other end of an old connection may have gone without a word.
  client.close();
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

/** A coordinator may still be loading. */
async function foundCommit(client: SimulatedClient, groupId: string, place: Place) {
  let answer = await committedOffset(client, groupId, place);
  for (let asked = 1; asked < ASKED_MAX && loading.includes(answer.errorCode); asked++) {
    answer = await committedOffset(client, groupId, place);
  }
  const { errorCode, committedOffset: offset, metadata } = answer;
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
    invariant(records.length > 0, `${place.topic} has records at ${next}, below its end`);
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
