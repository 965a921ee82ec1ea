/** One member of etcd, and what people do to it: they let it run full, and they restore it from a backup. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { whyNoEtcd } from "../../cluster/machines/etcd-members.js";
import { freePorts } from "../../cluster/machines/free-ports.js";
import { Child } from "../../support/child-process.js";
import { type TemporaryFolder, temporaryFolder } from "../../support/temporary-folder.js";
import { appendOne, appendSome, candidate, Follower, never, until } from "./engine-contract.js";
import { engineOver, newClusterName } from "./etcd-world.js";

const missing = whyNoEtcd();
const HOST = "127.0.0.1";
const QUOTA_BYTES = 16 * 1024 * 1024;
const FILLING_BYTES = 1_000_000;

describe("etcd alone", () => {
  if (missing !== null) {
    test("etcd is here", () => {
      throw new Error(missing);
    });
    return;
  }

  let folder: TemporaryFolder;
  let ports: readonly number[];
  let server: Child;
  const problems: string[] = [];
  const url = (index: number) => `http://${HOST}:${ports[index]}`;
  const env = { ...process.env, ETCDCTL_API: "3" };
  const etcdctl = (args: readonly string[], input = "") =>
    execFileSync("etcdctl", ["--endpoints", url(0), ...args], { env, input, encoding: "utf8", stdio: "pipe" });
  const start = async (data: string) => {
    const args = [
      ...["--name", "one", "--data-dir", join(folder.path, data), "--quota-backend-bytes", String(QUOTA_BYTES)],
      ...["--listen-client-urls", url(0), "--advertise-client-urls", url(0), "--initial-cluster", `one=${url(1)}`],
      ...["--listen-peer-urls", url(1), "--initial-advertise-peer-urls", url(1), "--logger", "zap"],
    ];
    server = new Child({ command: "/usr/bin/etcd", args });
    await server.firstLine((line) => /serving (insecure )?client/.test(line) || undefined, 20_000);
  };
  const opened = async (clusterName: string) => {
    const endpoints = [{ host: HOST, port: ports[0] ?? 0 }];
    const engine = engineOver(endpoints, clusterName, { onProblem: (problem) => problems.push(problem) });
    await engine.open();
    return engine;
  };

  beforeEach(async () => {
    problems.length = 0;
    folder = temporaryFolder("etcd-alone");
    ports = await freePorts(2);
    await start("first");
  });
  afterEach(async () => {
    await server.kill();
    folder.remove();
  });

  test("whose database is full refuses what is written, says what helps, and takes it again when there is room", async () => {
    const engine = await opened(newClusterName());
    const leadership = await engine.campaign(candidate(1), never());
    const follower = new Follower(engine);
    const end = await appendSome(leadership, 3);
    for (let isFull = false, index = 0; !isFull; index++) {
      try {
        etcdctl(["put", `filling-${index}`], "x".repeat(FILLING_BYTES));
      } catch {
        isFull = true;
      }
    }
    await expect(appendOne(leadership, end)).rejects.toThrow(/space exceeded: .*disarm its alarm/);
    await expect(engine.campaign(candidate(1), never())).rejects.toThrow(/space exceeded/);
    etcdctl(["del", "filling-", "--prefix"]);
    const { revision } = JSON.parse(etcdctl(["get", "nothing", "-w", "json"])).header;
    for (const command of [["compact", String(revision)], ["defrag"], ["alarm", "disarm"]]) etcdctl(command);
    const next = await engine.campaign(candidate(1), never());
    expect(next.next).toBe(end);
    await follower.reaches(await appendSome(next, 3));
    await engine.close();
  });

  test("that was restored from a backup under running brokers gets no gap, and they say so and change nothing", async () => {
    const clusterName = newClusterName();
    const engine = await opened(clusterName);
    const leadership = await engine.campaign(candidate(1), never());
    const follower = new Follower(engine);
    const backedUp = await appendSome(leadership, 3);
    const backup = join(folder.path, "backup");
    etcdctl(["snapshot", "save", backup]);
    const end = await appendSome(leadership, 5, backedUp);
    await follower.reaches(end);
    await server.kill();
    const place = ["--data-dir", join(folder.path, "second"), "--name", "one", "--initial-cluster", `one=${url(1)}`];
    const restore = ["snapshot", "restore", backup, ...place, "--initial-advertise-peer-urls", url(1)];
    execFileSync("etcdctl", restore, { env, stdio: "ignore" });
    await start("second");
    // Its lease, and the key that hangs on it, are in the backup as well.
    expect(await appendOne(leadership, end)).toBe("fenced");
    await until(() => problems.some((problem) => problem.includes("restored from a backup")));
    const enough = AbortSignal.timeout(1_000);
    await expect(engine.campaign(candidate(1), enough)).rejects.toThrow();
    await follower.stop();
    await engine.close();
    const again = await opened(clusterName);
    const next = await again.campaign(candidate(1), never());
    expect(next.next).toBe(backedUp);
    const whole = new Follower(again);
    await whole.reaches(await appendSome(next, 2));
    await whole.stop();
    await again.close();
  });
});
