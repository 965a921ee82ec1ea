/** What etcd, the network and the machine do to the engine, and what must be true all the same. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { keysOf } from "../../../src/cluster/engines/etcd/keys.js";
import { emptyImage } from "../../../src/metadata/image/empty.js";
import type { MetadataImage } from "../../../src/metadata/image/image.js";
import { followImages } from "../../../src/metadata/snapshots/follow-images.js";
import { snapshotBatches } from "../../../src/metadata/snapshots/snapshot-batches.js";
import { whyNoEtcd } from "../../cluster/machines/etcd-members.js";
import { Child } from "../../support/child-process.js";
import { appendOne, appendSome, candidate, Follower, never, settings, until } from "./engine-contract.js";
import { engineOver, newClusterName, type RunningEtcd, startEtcd } from "./etcd-world.js";
import { LossyProxy } from "./lossy-proxy.js";

const missing = whyNoEtcd();
/** A request that the proxy can tell from all others. */
const LARGE_RECORDS = 400;
const LARGE_BYTES = 8_000;
/** More than a call is given at first, and less than a lease lasts. */
const SLOW_MS = 1_300;

describe("faults of etcd", () => {
  if (missing !== null) {
    test("etcd is here", () => {
      throw new Error(missing);
    });
    return;
  }

  let etcd: RunningEtcd;
  const ending: (() => unknown)[] = [];
  beforeAll(async () => {
    etcd = await startEtcd();
  }, 60_000);
  afterAll(async () => {
    for (const end of ending.reverse()) await end();
    await etcd.end();
  });

  const opened = async (clusterName: string, endpoints = etcd.endpoints) => {
    const engine = engineOver(endpoints, clusterName);
    ending.push(() => engine.close());
    await engine.open();
    return engine;
  };
  const etcdctl = (...args: string[]) => {
    const endpoints = etcd.endpoints.map(({ host, port }) => `${host}:${port}`).join(",");
    const env = { ...process.env, ETCDCTL_API: "3" };
    return execFileSync("etcdctl", ["--endpoints", endpoints, ...args], { env, encoding: "utf8" });
  };
  /** In hexadecimal, as etcdctl takes it; its 64 bits are too many for JSON. */
  const leaseOf = (clusterName: string) => {
    const found = etcdctl("get", Buffer.from(keysOf(clusterName).controller).toString(), "-w", "json");
    return BigInt(/"lease":([0-9]+)/.exec(found)?.[1] ?? 0).toString(16);
  };
  const controllerProcess = (clusterName: string, brokerId: number) => {
    const script = join(import.meta.dirname, "controller-process.ts");
    const endpoints = etcd.endpoints.map(({ host, port }) => `${host}:${port}`).join(",");
    const args = ["--import", "tsx", script, endpoints, clusterName, String(brokerId)];
    const child = new Child({ command: process.execPath, args });
    ending.push(() => child.kill());
    return child;
  };
  /** The number that a line of a controller's process gives under `key`. */
  const told = (child: Child, key: string, timeoutMs = 30_000) =>
    child.firstLine((line) => {
      const value: unknown = line.startsWith("{") ? JSON.parse(line)[key] : undefined;
      return typeof value === "number" ? value : undefined;
    }, timeoutMs);
  /** Every follower has seen each batch once, in order; `Follower` itself checks that there is no gap. */
  const sameForAll = async (clusterName: string, end: number) => {
    const follower = new Follower(await opened(clusterName));
    await follower.reaches(end);
    await follower.stop();
    return follower.seen;
  };

  test("an append whose answer is lost is committed once", async () => {
    const clusterName = newClusterName();
    const proxies = await Promise.all(etcd.endpoints.map((to) => LossyProxy.start(to)));
    for (const proxy of proxies) ending.push(() => proxy.close());
    const engine = await opened(
      clusterName,
      proxies.map((proxy) => proxy.address),
    );
    const leadership = await engine.campaign(candidate(1), never());
    let next = leadership.next;
    for (let round = 0; round < 5; round++) {
      for (const proxy of proxies) proxy.loseNextAnswer(LARGE_BYTES);
      const outcome = await leadership.append(next, settings(LARGE_RECORDS, next, leadership.epoch));
      expect(outcome).toBe("committed");
      next = await appendSome(leadership, 1, next + LARGE_RECORDS);
    }
    expect(proxies.reduce((sum, { cuts }) => sum + cuts, 0)).toBeGreaterThan(4);
    expect(await sameForAll(clusterName, next)).toHaveLength(10);
  });

  test("where every member takes longer to answer than a call is given at first, the controller leads all the same", async () => {
    const proxies = await Promise.all(etcd.endpoints.map((to) => LossyProxy.start(to)));
    for (const proxy of proxies) {
      ending.push(() => proxy.close());
      proxy.delay(SLOW_MS);
    }
    const engine = engineOver(
      proxies.map((proxy) => proxy.address),
      newClusterName(),
      { startTimeoutMs: 60_000 },
    );
    ending.push(() => engine.close());
    await engine.open();
    const leadership = await engine.campaign(candidate(1), never());
    const follower = new Follower(engine);
    const end = await appendSome(leadership, 3);
    await follower.reaches(end);
    expect(leadership.lost.aborted).toBe(false);
  });

  test("a lease that is revoked ends the leadership at once; the next append is fenced", async () => {
    const clusterName = newClusterName();
    const engine = await opened(clusterName);
    const leadership = await engine.campaign(candidate(1), never());
    const end = await appendSome(leadership, 2);
    etcdctl("lease", "revoke", leaseOf(clusterName));
    expect(await appendOne(leadership, end)).toBe("fenced");
    await until(() => leadership.lost.aborted);
    const next = await engine.campaign(candidate(1), never());
    expect([next.next, next.epoch]).toEqual([end, leadership.epoch + 1]);
  });

  test("a controller that was stopped finds another one when it wakes, and its append is fenced", async () => {
    const clusterName = newClusterName();
    const first = controllerProcess(clusterName, 1);
    const epoch = await told(first, "leads");
    await told(first, "committed");
    const engine = await opened(clusterName);
    const campaign = engine.campaign(candidate(2), never());
    first.signal("SIGSTOP");
    const second = await campaign;
    expect(second.epoch).toBe(epoch + 1);
    const end = await appendSome(second, 10);
    const fenced = told(first, "fenced");
    const lost = told(first, "lost");
    first.signal("SIGCONT");
    expect(await lost).toBe(epoch);
    expect(await fenced).toBeLessThanOrEqual(second.next);
    const seen = await sameForAll(clusterName, end);
    const epochs = seen.map((batch) => batch.epoch);
    expect(epochs).toEqual([...epochs].sort((a, b) => a - b));
  });

  test("after kill -9 of the controller another one leads, and knows all that was committed", async () => {
    const clusterName = newClusterName();
    const first = controllerProcess(clusterName, 1);
    let lastCommitted = 0;
    void first
      .firstLine((line) => {
        if (line.includes('"committed"')) lastCommitted = JSON.parse(line).committed;
        return undefined;
      }, 60_000)
      .catch(() => {});
    await told(first, "leads");
    await until(() => lastCommitted > 20);
    const engine = await opened(clusterName);
    const campaign = engine.campaign(candidate(2), never());
    await first.kill();
    const second = await campaign;
    expect(second.next).toBeGreaterThanOrEqual(lastCommitted + 2);
    await appendSome(second, 1);
  });

  test.each(["killed", "stopped"] as const)(
    "with etcd's leader %s the controller goes on, or leads again; nothing is lost",
    async (how) => {
      const clusterName = newClusterName();
      const [one, other] = [await opened(clusterName), await opened(clusterName)];
      const follower = new Follower(other);
      let term = await one.campaign(candidate(1), never());
      let next = await appendSome(term, 5);
      const leader = etcd.members.leader() ?? 0;
      if (how === "killed") await etcd.members.kill(leader);
      else etcd.members.pause(leader);
      try {
        for (let batches = 0; batches < 50; batches++) {
          if ((await appendOne(term, next)) === "fenced") {
            term = await one.campaign(candidate(1), never());
            expect(term.next).toBe(next);
          } else next += 2;
        }
        await follower.reaches(next);
      } finally {
        if (how === "killed") etcd.members.startAll();
        else etcd.members.resume(leader);
        await etcd.members.ready();
      }
      expect([await follower.stop(), follower.next]).toEqual(["aborted", next]);
    },
  );

  test("while all of etcd is away an append waits, and then ends as it must", async () => {
    const clusterName = newClusterName();
    const engine = await opened(clusterName);
    const leadership = await engine.campaign(candidate(1), never());
    const end = await appendSome(leadership, 2);
    await etcd.members.killAll();
    const append = appendOne(leadership, end);
    // The lease cannot be confirmed, so the controller steps down by itself.
    await until(() => leadership.lost.aborted);
    etcd.members.startAll();
    await etcd.members.ready();
    const outcome = await append;
    const next = await engine.campaign(candidate(1), never());
    expect(next.next).toBe(outcome === "committed" ? end + 2 : end);
    const last = await appendSome(next, 1);
    await sameForAll(clusterName, last);
  });

  test("a follower that was cut off while the log was trimmed and compacted begins with the snapshot", async () => {
    const clusterName = newClusterName();
    const proxies = await Promise.all(etcd.endpoints.map((to) => LossyProxy.start(to)));
    for (const proxy of proxies) ending.push(() => proxy.close());
    const behind = await opened(
      clusterName,
      proxies.map((proxy) => proxy.address),
    );
    const engine = await opened(clusterName);
    const leadership = await engine.campaign(candidate(1), never());
    let ours = emptyImage;
    let theirs = emptyImage;
    const over = new AbortController();
    ending.push(() => over.abort());
    const seenByUs = (image: MetadataImage) => {
      ours = image;
    };
    const seenBehind = (image: MetadataImage) => {
      theirs = image;
    };
    void followImages(engine, seenByUs, over.signal);
    void followImages(behind, seenBehind, over.signal);
    const middle = await appendSome(leadership, 10);
    await until(() => theirs.endOffset === middle && ours.endOffset === middle);
    for (const proxy of proxies) proxy.cutOff();
    let end = middle;
    for (let round = 0; round < 2; round++) {
      end = await appendSome(leadership, 10, end);
      await until(() => ours.endOffset === end);
      await leadership.saveSnapshot(end, leadership.epoch, snapshotBatches(ours, 0));
    }
    const { revision } = JSON.parse(etcdctl("get", "nothing", "-w", "json")).header;
    etcdctl("compact", String(revision));
    end = await appendSome(leadership, 3, end);
    for (const proxy of proxies) proxy.joinUp();
    await until(() => theirs.endOffset === end && ours.endOffset === end);
    expect(theirs).toEqual(ours);
  });
});
