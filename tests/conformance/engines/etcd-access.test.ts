/** Etcd that lets in only those whom it knows: by TLS, and by user and password. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EtcdTls } from "../../../src/cluster/engines/etcd/client/member.js";
import { EngineProblem, type Leadership, type MetadataEngine } from "../../../src/metadata/engine.js";
import { whyNoEtcd } from "../../cluster/machines/etcd-members.js";
import { freePorts } from "../../cluster/machines/free-ports.js";
import { Child } from "../../support/child-process.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { appendOne, appendSome, candidate, Follower, never } from "./engine-contract.js";
import { engineOver, newClusterName } from "./etcd-world.js";

const missing = whyNoEtcd();
const FOR_A_WHILE_MS = 1_500;
const user = { name: "samsa", password: "a secret of the test" };

describe("etcd with TLS and users", () => {
  if (missing !== null) {
    test("etcd is here", () => {
      throw new Error(missing);
    });
    return;
  }

  const folder = temporaryFolder("etcd-tls");
  const file = (name: string) => join(folder.path, name);
  let server: Child;
  let endpoints: { host: string; port: number }[];
  let peerPort = 0;
  let tls: EtcdTls;
  const pem = (name: string) => readFileSync(file(name), "utf8");
  const certificates = (): EtcdTls => ({ ca: pem("ca.pem"), cert: pem("client.pem"), key: pem("client.key") });
  const start = async () => {
    const [url, peer] = [`https://127.0.0.1:${endpoints[0]?.port}`, `http://127.0.0.1:${peerPort}`];
    const args = [
      ...["--name", "one", "--data-dir", file("data"), "--logger", "zap"],
      ...["--listen-client-urls", url, "--advertise-client-urls", url],
      ...["--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", `one=${peer}`],
      ...["--cert-file", file("server.pem"), "--key-file", file("server.key")],
      ...["--client-cert-auth", "--trusted-ca-file", file("ca.pem")],
    ];
    server = new Child({ command: "/usr/bin/etcd", args });
    await server.firstLine((line) => line.includes("serving client traffic") || undefined, 20_000);
  };
  const etcdctl = (...args: string[]) => {
    const place = `https://127.0.0.1:${endpoints[0]?.port}`;
    const keys = ["--cacert", file("ca.pem"), "--cert", file("client.pem"), "--key", file("client.key")];
    execFileSync("etcdctl", ["--endpoints", place, ...keys, ...args], { env: { ...process.env, ETCDCTL_API: "3" } });
  };

  beforeAll(async () => {
    makeCertificates(folder.path);
    const [port = 0, peer = 0] = await freePorts(2);
    endpoints = [{ host: "127.0.0.1", port }];
    peerPort = peer;
    await start();
    tls = certificates();
    etcdctl("user", "add", "root:root-of-the-test");
    etcdctl("user", "add", `${user.name}:${user.password}`);
    etcdctl("role", "add", "clusters");
    etcdctl("role", "grant-permission", "clusters", "--prefix=true", "readwrite", "/test-");
    etcdctl("user", "grant-role", user.name, "clusters");
    etcdctl("user", "grant-role", "root", "root");
    etcdctl("auth", "enable");
  }, 60_000);
  afterAll(async () => {
    await server.kill();
    folder.remove();
  });

  test("serves a broker with a certificate, a user and a password, also after its token has become void", async () => {
    const engine = engineOver(endpoints, newClusterName(), { tls: () => tls, user });
    await engine.open();
    const leadership = await engine.campaign(candidate(1), never());
    const follower = new Follower(engine);
    const end = await appendSome(leadership, 3);
    await follower.reaches(end);
    const root = ["--user", "root:root-of-the-test"];
    etcdctl(...root, "auth", "disable");
    etcdctl("auth", "enable");
    const last = await appendSome(leadership, 3, end);
    await follower.reaches(last);
    await engine.close();
  });

  test.each([
    ["a wrong password", { ...user, password: "wrong" }, "authentication failed"],
    ["no user", null, "permission denied"],
  ])("refuses a broker with %s at once, and says why without the password", async (_, given, said) => {
    const engine = engineOver(endpoints, newClusterName(), { tls: () => tls, user: given });
    const problem: unknown = await engine.open().catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(EngineProblem);
    expect(String(problem)).toContain(said);
    expect(String(problem)).not.toContain("secret");
    await engine.close();
  });

  test("tells a user who may not write under this name", async () => {
    const engine = engineOver(endpoints, "elsewhere", { tls: () => tls, user });
    await expect(engine.open()).rejects.toThrow(/permission denied/);
    await engine.close();
  });

  test("is not spoken to where nobody vouches for it, nor without TLS", async () => {
    for (const without of [() => ({ ...tls, ca: readFileSync(file("other-ca.pem"), "utf8") }), null]) {
      const engine = engineOver(endpoints, newClusterName(), { tls: without, user, startTimeoutMs: 1_500 });
      await expect(engine.open()).rejects.toThrow(/No answer from etcd \(127.0.0.1:[0-9]+\) within 1500 ms: ./);
      await engine.close();
    }
  });

  test("takes a broker whose certificates are replaced while it runs, with those that are there when it connects again", async () => {
    let given = certificates();
    const engine = engineOver(endpoints, newClusterName(), { tls: () => given, user });
    await engine.open();
    const first = await engine.campaign(candidate(1), never());
    const follower = new Follower(engine);
    const end = await appendSome(first, 1);
    await server.kill();
    makeCertificates(folder.path);
    const replaced = certificates();
    // Half of them, which do not fit together, are there for a while.
    given = { ...given, cert: replaced.cert };
    await start();
    await sleep(FOR_A_WHILE_MS);
    given = replaced;
    await follower.reaches(await appendAnyhow(engine, first, end));
    await engine.close();
  });
});

/** The lease may have ended while etcd was away: then it leads again. Gives the offset behind the last batch. */
async function appendAnyhow(engine: MetadataEngine, leadership: Leadership, end: number): Promise<number> {
  if ((await appendOne(leadership, end)) === "committed") return end + 2;
  return appendSome(await engine.campaign(candidate(1), never()), 1);
}

/** Two authorities, and what the first has signed: for etcd on this machine, and for a broker. */
function makeCertificates(folder: string): void {
  const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "ignore" });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  for (const name of ["ca", "other-ca"]) {
    openssl("req", "-x509", ...key, "-subj", `/CN=${name}`, "-keyout", `${name}.key`, "-out", `${name}.pem`);
  }
  for (const name of ["server", "client"]) {
    const signed = ["-CA", "ca.pem", "-CAkey", "ca.key", "-addext", "subjectAltName=IP:127.0.0.1"];
    openssl("req", "-x509", ...key, ...signed, "-subj", "/CN=etcd", "-keyout", `${name}.key`, "-out", `${name}.pem`);
  }
}
