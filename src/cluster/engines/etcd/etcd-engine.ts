import type { Address, Environment } from "../../../lib/environment.js";
import { hostAndPort } from "../../../lib/host-and-port.js";
import { invariant } from "../../../lib/invariant.js";
import {
  type Candidate,
  EngineProblem,
  type Leader,
  type Leadership,
  type MetadataEngine,
  type Snapshot,
} from "../../../metadata/engine.js";
import { claim } from "./claim.js";
import { calls } from "./client/calls.js";
import { Aborted, EtcdClient, type EtcdClientOptions } from "./client/etcd-client.js";
import { EtcdFailure } from "./client/failure.js";
import type { EtcdTls, Grpc } from "./client/member.js";
import { pause } from "./client/pause.js";
import { ControllerView } from "./controller-view.js";
import { keysOf } from "./keys.js";
import { EtcdLeadership } from "./leadership.js";
import { endOfLog, followLog, type Log } from "./log.js";
import { aborted, linked } from "./signals.js";
import { latestSnapshot } from "./snapshots.js";
import { createdAt, get, put, readBy, textOf } from "./transactions.js";

export interface EtcdEngineOptions {
  readonly environment: Pick<Environment, "wire" | "random">;
  /** The members of the etcd cluster; any of them will do. */
  readonly endpoints: readonly Address[];
  /** Gives PEM texts, as they are now; null: no TLS. */
  readonly tls: (() => EtcdTls) | null;
  readonly user: { readonly name: string; readonly password: string } | null;
  /** The keys of this cluster begin with it. */
  readonly clusterName: string;
  /** `open` gives up after so long without etcd. */
  readonly startTimeoutMs: number;
  /** Told in one sentence when etcd fails us, and when it serves again; once for each, however long it lasts. */
  readonly onProblem: (sentence: string) => void;
}

/** etcd takes requests of up to 1.5 MiB. */
const BATCH_BYTES_MAX = 1024 * 1024;
/** Between two tries to become controller where several want to. */
const CLAIM_PAUSE_MS = 50;

/**
 * The metadata engine of several processes and machines: the log stands in etcd, batch by batch. All that they share is in
 * etcd; a process that was stopped for a while finds out by its next write that it leads no more.
 */
export class EtcdEngine implements MetadataEngine {
  readonly batchBytesMax = BATCH_BYTES_MAX;
  readonly #options: EtcdEngineOptions;
  readonly #closing = new AbortController();
  readonly #view = new ControllerView();
  /** By broker. */
  readonly #leaderships = new Map<number, EtcdLeadership>();
  #log: Log | null = null;

  constructor(options: EtcdEngineOptions) {
    this.#options = options;
  }

  async open(wantedClusterId?: string): Promise<{ readonly clusterId: string; readonly committedOffset: number }> {
    const { environment, endpoints, tls, user, clusterName, onProblem, startTimeoutMs } = this.#options;
    const { wire } = environment;
    // A broker without etcd need not load what speaks with it.
    const { Client, Metadata, credentials } = await import("./client/grpc.js");
    const client = connected({ Client, Metadata, credentials }, { wire, endpoints, tls, user, onProblem });
    const log = { client, keys: keysOf(clusterName), setBack: new AbortController() };
    this.#closing.signal.addEventListener("abort", () => client.close());
    const patience = linked(this.#closing.signal);
    const timer = wire.at(wire.monotonicMs() + startTimeoutMs, patience.abort);
    try {
      const clusterId = await this.#clusterId(log, wantedClusterId, patience.signal);
      const { next: committedOffset } = await endOfLog(log, patience.signal);
      this.#log = log;
      void this.#view.look(client, log.keys, this.#closing.signal);
      return { clusterId, committedOffset };
    } catch (error) {
      client.close();
      if (error instanceof EtcdFailure) throw new EngineProblem(`${error.message}${cureOf(error, clusterName)}`);
      if (!(error instanceof Aborted) || this.#closing.signal.aborted) throw error;
      const places = endpoints.map(hostAndPort).join(", ");
      const silence = `No answer from etcd (${places}) within ${startTimeoutMs} ms: ${client.lastFailure}`;
      throw new EngineProblem(`${silence}. Start it, or put the properties samsa.metadata.etcd.* right.`);
    } finally {
      timer.cancel();
      patience.unlink();
    }
  }

  latestSnapshot(): Promise<Snapshot | null> {
    return latestSnapshot(this.#opened(), this.#closing.signal);
  }

  async follow(from: number, on: (batch: Uint8Array) => void, until: AbortSignal): Promise<"aborted" | "trimmed"> {
    const either = linked(until, this.#closing.signal);
    return followLog(this.#opened(), from, on, either.signal).finally(either.unlink);
  }

  watchLeader(on: (leader: Leader | null) => void, until: AbortSignal): void {
    this.#view.watch(on, until);
  }

  /** Whoever campaigns again gives up what it led. */
  async campaign(me: Candidate, until: AbortSignal): Promise<Leadership> {
    await this.#leaderships.get(me.brokerId)?.resign();
    const either = linked(until, this.#closing.signal);
    try {
      while (!either.signal.aborted) {
        await this.#view.vacant(either.signal);
        if (this.#opened().setBack.signal.aborted) await aborted(either.signal);
        const leadership = await this.#claim(me, either.signal);
        if (leadership !== null) return leadership;
        await pause(this.#options.environment.wire, CLAIM_PAUSE_MS, either.signal);
      }
      throw new Aborted();
    } finally {
      either.unlink();
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#leaderships.values()].map((leadership) => leadership.resign()));
    this.#view.end();
    this.#closing.abort();
  }

  /** The id of the cluster whose keys these are; whoever comes first gives it. */
  async #clusterId({ client, keys }: Log, wanted: string | undefined, until: AbortSignal): Promise<string> {
    const { clusterName, environment } = this.#options;
    const ours = wanted ?? environment.random.uuid();
    const success = [put(keys.id, Buffer.from(ours))];
    const request = { compare: [createdAt(keys.id, 0)], success, failure: [get(keys.id)] };
    const answer = await client.ask(calls.txn, request, until);
    if (answer.succeeded) return ours;
    const [[kv] = []] = readBy(answer);
    const theirs = textOf(kv) ?? ours;
    if (wanted === undefined || theirs === wanted) return theirs;
    const what = `The cluster ${clusterName} in etcd is ${theirs}, not ${wanted}`;
    throw new EngineProblem(`${what}. Put CLUSTER_ID or samsa.metadata.etcd.cluster right.`);
  }

  async #claim(me: Candidate, until: AbortSignal): Promise<EtcdLeadership | null> {
    const log = this.#opened();
    const claimed = await claim(log.client, log.keys, me, until);
    if (claimed === null) return null;
    try {
      // From now on nobody else writes, so where the log ends now is where this controller goes on.
      const end = await endOfLog(log, until);
      const leadership = new EtcdLeadership(log, claimed, end, this.#closing.signal);
      this.#leaderships.set(me.brokerId, leadership);
      this.#view.watch((leader) => leadership.saw(leader), leadership.lost);
      return leadership;
    } catch (error) {
      await claimed.lease.revoke();
      throw error;
    }
  }

  #opened(): Log {
    invariant(this.#log !== null, "the engine is open");
    return this.#log;
  }
}

function connected(grpc: Grpc, options: EtcdClientOptions): EtcdClient {
  try {
    return new EtcdClient(grpc, options);
  } catch (failure) {
    const why = failure instanceof Error ? failure.message : String(failure);
    throw new EngineProblem(`There is no TLS with etcd by these certificates and this key: ${why}`);
  }
}

/** What there is to do about a refusal, where that is not said with it. */
function cureOf({ message }: EtcdFailure, clusterName: string): string {
  if (message.endsWith("permission denied"))
    return `: give its user the right to read and write what begins with /${clusterName}/`;
  if (message.endsWith("invalid user ID or password"))
    return ": put samsa.metadata.etcd.username and its password right";
  return "";
}
