/** Each write asks whether its writer still leads: what happens where it does not, step by step. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { claim } from "../../../src/cluster/engines/etcd/claim.js";
import { type Call, calls } from "../../../src/cluster/engines/etcd/client/calls.js";
import { EtcdClient } from "../../../src/cluster/engines/etcd/client/etcd-client.js";
import * as grpc from "../../../src/cluster/engines/etcd/client/grpc.js";
import type { GivenOf, Message, ValueOf } from "../../../src/cluster/engines/etcd/client/message.js";
import { keysOf } from "../../../src/cluster/engines/etcd/keys.js";
import { EtcdLeadership } from "../../../src/cluster/engines/etcd/leadership.js";
import { endOfLog } from "../../../src/cluster/engines/etcd/log.js";
import { latestSnapshot, saveSnapshot } from "../../../src/cluster/engines/etcd/snapshots.js";
import { createdAt } from "../../../src/cluster/engines/etcd/transactions.js";
import { nodeEnvironment } from "../../../src/environments/node/node-environment.js";
import { emptyImage } from "../../../src/metadata/image/empty.js";
import { snapshotBatches } from "../../../src/metadata/snapshots/snapshot-batches.js";
import { whyNoEtcd } from "../../cluster/machines/etcd-members.js";
import { appendSome, candidate, never } from "./engine-contract.js";
import { newClusterName, type RunningEtcd, startEtcd } from "./etcd-world.js";

const missing = whyNoEtcd();

/** Something happens right before its next transaction that writes. */
class InterruptedClient extends EtcdClient {
  beforeNextWrite: (() => Promise<unknown>) | null = null;

  override async ask<Q extends Message, A extends Message>(
    call: Call<Q, A>,
    given: GivenOf<Q>,
    until: AbortSignal,
    timeoutMs?: number,
  ): Promise<ValueOf<A>> {
    const interruption = this.beforeNextWrite;
    if (interruption !== null && call.path === calls.txn.path && "compare" in given) {
      this.beforeNextWrite = null;
      await interruption();
    }
    return super.ask(call, given, until, timeoutMs);
  }
}

describe("etcd's guards", () => {
  if (missing !== null) {
    test("etcd is here", () => {
      throw new Error(missing);
    });
    return;
  }

  let etcd: RunningEtcd;
  const clients: EtcdClient[] = [];
  beforeAll(async () => {
    etcd = await startEtcd();
  }, 60_000);
  afterAll(async () => {
    for (const client of clients) client.close();
    await etcd.end();
  });

  const connected = () => {
    const { wire } = nodeEnvironment();
    const options = { wire, endpoints: etcd.endpoints, tls: null, user: null, onProblem: () => {} };
    const client = new InterruptedClient(grpc, options);
    clients.push(client);
    return client;
  };
  const leading = async (client: EtcdClient, keys: ReturnType<typeof keysOf>, brokerId: number) => {
    const claimed = await claim(client, keys, candidate(brokerId), never());
    if (claimed === null) throw new Error("nobody else leads");
    const log = { client, keys, setBack: new AbortController() };
    return { claimed, log, leadership: new EtcdLeadership(log, claimed, await endOfLog(log, never()), never()) };
  };

  test("no epoch is given twice, though another controller came and went in the middle of a claim", async () => {
    const [client, other] = [connected(), connected()];
    const keys = keysOf(newClusterName());
    client.beforeNextWrite = async () => {
      const { claimed } = await leading(other, keys, 2);
      expect(claimed.epoch).toBe(1);
      await claimed.lease.revoke();
    };
    expect(await claim(client, keys, candidate(1), never())).toBeNull();
    expect((await claim(client, keys, candidate(1), never()))?.epoch).toBe(2);
  });

  test("who was deposed without hearing of it writes neither a batch nor a snapshot", async () => {
    const [client, other] = [connected(), connected()];
    const keys = keysOf(newClusterName());
    const first = await leading(client, keys, 1);
    const end = await appendSome(first.leadership, 3);
    // As if it had been asleep: nothing tells it that its lease is over.
    await first.log.client.ask(calls.leaseRevoke, { id: first.claimed.lease.id }, never());
    const second = await leading(other, keys, 2);
    const snapshot = { next: end, epoch: 1, batches: snapshotBatches({ ...emptyImage, nextProducerId: 1 }, 0) };
    const stale = createdAt(keys.controller, first.claimed.revision);
    expect(await saveSnapshot(first.log, stale, snapshot, never())).toBeNull();
    expect(await latestSnapshot(second.log, never())).toBeNull();
    const endOfFirst = await endOfLog(first.log, never());
    const asleep = new EtcdLeadership(
      first.log,
      { ...first.claimed, lease: second.claimed.lease },
      endOfFirst,
      never(),
    );
    await expect(appendSome(asleep, 1)).rejects.toThrow("fenced");
    expect((await endOfLog(second.log, never())).next).toBe(end);
    await second.leadership.resign();
  });

  test("who is deposed while it saves a snapshot leaves the last one, and the log, as they were", async () => {
    const [client, other] = [connected(), connected()];
    const keys = keysOf(newClusterName());
    const first = await leading(client, keys, 1);
    const end = await appendSome(first.leadership, 3);
    const batches = snapshotBatches({ ...emptyImage, nextProducerId: 1 }, 0);
    const slowly = async function* () {
      yield* batches;
      await other.ask(calls.leaseRevoke, { id: first.claimed.lease.id }, never());
    };
    const stale = createdAt(keys.controller, first.claimed.revision);
    expect(await saveSnapshot(first.log, stale, { next: end, epoch: 1, batches: slowly() }, never())).toBeNull();
    expect(await latestSnapshot(first.log, never())).toBeNull();
    expect((await endOfLog(first.log, never())).next).toBe(end);
  });
});
