/** Members of etcd that are known by their names, in a process whose table of names the test can change. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { whyNoEtcd } from "../../cluster/machines/etcd-members.js";
import { freePorts } from "../../cluster/machines/free-ports.js";
import { whyNoSmallDisk } from "../../disk-full/small-disk.js";
import { Child } from "../../support/child-process.js";
import { type TemporaryFolder, temporaryFolder } from "../../support/temporary-folder.js";
import { newClusterName, type RunningEtcd, startEtcd } from "./etcd-world.js";
import { LossyProxy } from "./lossy-proxy.js";

/** What gives this process its own table of names is what gives others a disk of their own. */
const why = whyNoEtcd() ?? whyNoSmallDisk() ?? (process.getuid?.() === 0 ? null : "needs root");
const NAME = "member-of-etcd";
const [FIRST_ADDRESS, NEXT_ADDRESS] = ["127.0.0.1", "127.0.0.2"];
const START_MS_MAX = 60_000;
/** A client that does not look names up again by itself does so after half a minute. */
const FOUND_MS_MAX = 20_000;

describe.skipIf(why !== null)(`etcd by its names${why === null ? "" : ` (skipped: ${why})`}`, () => {
  let etcd: RunningEtcd;
  let folder: TemporaryFolder;
  beforeAll(async () => {
    folder = temporaryFolder("names");
    etcd = await startEtcd();
  }, 60_000);
  afterAll(async () => {
    await etcd.end();
    folder.remove();
  });

  test("a member that was replaced, under its name and at another address, is found", async () => {
    const names = join(folder.path, "hosts");
    const nameStandsFor = (address: string) => writeFileSync(names, `127.0.0.1 localhost\n${address} ${NAME}\n`);
    const [[port = 0], [to]] = [await freePorts(1), etcd.endpoints];
    if (to === undefined) throw new Error("etcd has a member");
    nameStandsFor(FIRST_ADDRESS);
    const first = await LossyProxy.start(to, { host: FIRST_ADDRESS, port });
    const script = join(import.meta.dirname, "controller-process.ts");
    const run = 'mount --bind "$1" /etc/hosts && shift && exec "$@"';
    const command = [process.execPath, "--import", "tsx", script, `${NAME}:${port}`, newClusterName(), "1"];
    const controller = new Child({ command: "unshare", args: ["--mount", "sh", "-c", run, "sh", names, ...command] });
    const committed = (timeoutMs: number) =>
      controller.firstLine((line) => line.includes('"committed"') || undefined, timeoutMs);
    await committed(START_MS_MAX);
    first.close();
    nameStandsFor(NEXT_ADDRESS);
    const next = await LossyProxy.start(to, { host: NEXT_ADDRESS, port });
    expect(await committed(FOUND_MS_MAX)).toBe(true);
    await controller.kill();
    next.close();
  });
});
