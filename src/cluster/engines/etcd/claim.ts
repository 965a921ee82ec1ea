/** How a broker becomes controller: whoever puts the key of the controller, while nobody else holds it. */
import type { Candidate } from "../../../metadata/engine.js";
import { calls } from "./client/calls.js";
import type { EtcdClient } from "./client/etcd-client.js";
import { EtcdFailure } from "./client/failure.js";
import type { Keys } from "./keys.js";
import { Lease } from "./lease.js";
import { controllerText, readEpoch } from "./stored-values.js";
import { createdAt, get, put, readBy, textOf, writtenAt } from "./transactions.js";

export interface Claim {
  /** Higher than that of any controller before. */
  readonly epoch: number;
  /** The revision at which the key was made: as long as it stands, nobody else writes. */
  readonly revision: number;
  readonly lease: Lease;
}

/** Null: somebody else is controller. */
export async function claim(client: EtcdClient, keys: Keys, me: Candidate, until: AbortSignal): Promise<Claim | null> {
  const lease = await Lease.grant(client, until);
  const claimed = await claimWith(lease, client, keys, me, until).catch(async (error: unknown) => {
    await lease.revoke();
    // etcd was so slow that the lease ran out before it was used.
    if (error instanceof EtcdFailure && error.kind === "gone") return null;
    throw error;
  });
  if (claimed === null) await lease.revoke();
  return claimed;
}

async function claimWith(
  lease: Lease,
  client: EtcdClient,
  keys: Keys,
  me: Candidate,
  until: AbortSignal,
): Promise<Claim | null> {
  const now = await client.ask(calls.txn, { success: [get(keys.epoch), get(keys.controller)] }, until);
  const [[lastEpoch] = [], [holder] = []] = readBy(now);
  if (holder !== undefined) return null;
  const epoch = readEpoch(textOf(lastEpoch) ?? "0") + 1;
  const answer = await client.ask(
    calls.txn,
    {
      compare: [createdAt(keys.controller, 0), writtenAt(keys.epoch, lastEpoch?.modRevision ?? 0)],
      success: [
        put(keys.epoch, Buffer.from(String(epoch))),
        put(keys.controller, controllerText({ ...me, epoch }), lease.id),
      ],
      failure: [get(keys.controller)],
    },
    until,
  );
  if (answer.succeeded) return { epoch, revision: answer.header?.revision ?? 0, lease };
  // The answer to an earlier try may have been lost: then the key hangs on our own lease.
  const [[winner] = []] = readBy(answer);
  return winner?.lease === lease.id ? { epoch, revision: winner.createRevision, lease } : null;
}
