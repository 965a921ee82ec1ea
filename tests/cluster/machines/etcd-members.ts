/** Three members of etcd, each a process of its own; Debian's package `etcd-server` brings it. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Child } from "../../support/child-process.js";
import type { CommandLine } from "./command-line.js";

const ETCD = "/usr/bin/etcd";
const ETCDCTL = "/usr/bin/etcdctl";
const MEMBERS = 3;
const READY_MS_MAX = 20_000;
const BETWEEN_LOOKS_MS = 100;
const TOKEN = "samsa-test";

/** Why there is no etcd here, or null. */
export function whyNoEtcd(): string | null {
  return [ETCD, ETCDCTL].every((program) => existsSync(program))
    ? null
    : "there is no etcd: apt-get install --no-install-recommends etcd-server etcd-client";
}

interface Place {
  readonly folder: string;
  readonly host: string;
  /** Two for each member: for clients, for its peers. */
  readonly ports: readonly number[];
  onHost(command: string, args: readonly string[]): CommandLine;
}

export class EtcdMembers {
  readonly #place: Place;
  readonly #children: (Child | null)[] = Array.from({ length: MEMBERS }, () => null);

  private constructor(place: Place) {
    this.#place = place;
  }

  static async start(place: Place): Promise<EtcdMembers> {
    const members = new EtcdMembers(place);
    members.startAll();
    await members.ready();
    return members;
  }

  /** As Samsa takes them. */
  get endpoints(): string {
    return indexes.map((index) => `${this.#place.host}:${this.#clientPort(index)}`).join(",");
  }

  /** Of those that run. */
  get pids(): readonly number[] {
    return this.#children.flatMap((child) => (child === null ? [] : [child.pid]));
  }

  /** Starts those that do not run. */
  startAll(): void {
    for (const index of indexes) this.#children[index] ??= this.#startMember(index);
  }

  async ready(): Promise<void> {
    const endMs = performance.now() + READY_MS_MAX;
    while (this.leader() === null) {
      if (performance.now() > endMs) throw new Error(`etcd has no leader after ${READY_MS_MAX} ms`);
      await sleep(BETWEEN_LOOKS_MS);
    }
  }

  /** Which member leads, or null. */
  leader(): number | null {
    for (const index of indexes) {
      const status = this.#children[index] === null ? null : this.#status(index);
      const { leader = 0, header } = status?.Status ?? {};
      if (leader !== 0 && leader === header?.member_id) return index;
    }
    return null;
  }

  async kill(index: number): Promise<void> {
    await this.#children[index]?.kill();
    this.#children[index] = null;
  }

  async killAll(): Promise<void> {
    await Promise.all(indexes.map((index) => this.kill(index)));
  }

  pause(index: number): void {
    this.#children[index]?.signal("SIGSTOP");
  }

  resume(index: number): void {
    this.#children[index]?.signal("SIGCONT");
  }

  #startMember(index: number): Child {
    const { host, folder, onHost } = this.#place;
    const url = (port: number) => `http://${host}:${port}`;
    const peers = indexes.map((each) => `${nameOf(each)}=${url(this.#peerPort(each))}`).join(",");
    const client = url(this.#clientPort(index));
    const peer = url(this.#peerPort(index));
    const args = [
      ...["--name", nameOf(index), "--data-dir", join(folder, nameOf(index)), "--logger", "zap"],
      ...["--listen-client-urls", client, "--advertise-client-urls", client],
      ...["--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer],
      ...["--initial-cluster", peers, "--initial-cluster-token", TOKEN, "--initial-cluster-state", "new"],
    ];
    return new Child({ ...onHost(ETCD, args), env: { ETCD_UNSUPPORTED_ARCH: process.arch } });
  }

  #status(index: number): EndpointStatus | null {
    const endpoint = `${this.#place.host}:${this.#clientPort(index)}`;
    const asked = ["--endpoints", endpoint, "--command-timeout", "1s", "endpoint", "status", "-w", "json"];
    const { command, args } = this.#place.onHost(ETCDCTL, asked);
    try {
      const env = { ...process.env, ETCDCTL_API: "3" };
      const output = execFileSync(command, args, { env, stdio: ["ignore", "pipe", "ignore"] });
      const [status]: EndpointStatus[] = JSON.parse(output.toString());
      return status ?? null;
    } catch {
      return null;
    }
  }

  #clientPort(index: number): number {
    return this.#place.ports[2 * index] ?? 0;
  }

  #peerPort(index: number): number {
    return this.#place.ports[2 * index + 1] ?? 0;
  }
}

interface EndpointStatus {
  readonly Status: { readonly leader: number; readonly header: { readonly member_id: number } };
}

const indexes = Array.from({ length: MEMBERS }, (_, index) => index);

function nameOf(index: number): string {
  return `etcd-${index}`;
}
