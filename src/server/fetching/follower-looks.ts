/**
 * A follower's session may have thousands of partitions, of which few move: a look takes in those alone. Here is what a
 * look leaves for the next one.
 */
import type { FetchSession } from "../../cluster/replication/sessions/fetch-session.js";
import { errors } from "../../protocol/errors.js";
import type { Fetched } from "./fetch-read.js";

/** Looks, and remembers in the session what has to be looked at again although it does not move. */
export function lookFor(
  session: FetchSession,
  brokerId: number,
  look: () => readonly Fetched[] | Promise<readonly Fetched[]>,
): readonly Fetched[] | Promise<readonly Fetched[]> {
  const reading = look();
  // While data was waited for, anything may have moved that nobody watched yet.
  if (reading instanceof Promise) return reading.then((fetched) => remember(session, brokerId, fetched, true));
  return remember(session, brokerId, reading, false);
}

function remember(
  session: FetchSession,
  brokerId: number,
  fetched: readonly Fetched[],
  allAgain: boolean,
): readonly Fetched[] {
  for (const one of fetched) {
    const { topic, asked, partition } = one;
    const told = session.wasTold(
      topic,
      asked.partition,
      partition?.highWatermark ?? -1,
      partition?.logStartOffset ?? -1,
    );
    const again = allAgain || !told || !isSettled(one, brokerId);
    session.looked(topic, asked.partition, partition?.moved ?? null, again);
    if (!again) partition?.leading?.followerRests(brokerId, session);
  }
  return fetched;
}

/** Whether nothing is to be done before the partition moves: the follower has all, and is in sync. */
function isSettled({ errorCode, partition, divergingEpoch, asked, endOffset }: Fetched, brokerId: number): boolean {
  if (errorCode !== errors.NONE.code || partition === null || divergingEpoch !== undefined) return false;
  return asked.fetchOffset >= endOffset && (partition.leading?.isr.includes(brokerId) ?? false);
}
