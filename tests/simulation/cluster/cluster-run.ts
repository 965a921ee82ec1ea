/** One seed: three brokers and their clients, faults of every kind, then peace, in which all must come right again. */
import { type RunSummary, Simulation } from "../../../src/environments/simulated/simulation.js";
import { invariant } from "../../../src/lib/invariant.js";
import { errors } from "../../../src/protocol/errors.js";
import type { SimulatedBroker } from "../broker.js";
import { createTopic, type Place } from "../calls.js";
import { ConnectionLost } from "../client.js";
import type { FetchedRecord } from "../records-in.js";
import { ClusterClient } from "./cluster-client.js";
import { ClusterProducer } from "./cluster-producer.js";
import { ClusterReader, readFrom } from "./cluster-reader.js";
import type { ClusterWorker } from "./cluster-worker.js";
import { type ClusterSchedule, drawClusterSchedule, type Fault } from "./faults.js";
import { Ledger } from "./ledger.js";
import { MetadataObserver } from "./metadata-observer.js";
import { Mover, moveTo } from "./mover.js";
import { logBytes } from "./replica-bytes.js";
import { Safety } from "./safety.js";
import { SimulatedCluster } from "./simulated-cluster.js";

const LIMITS = { eventsMax: 5_000_000, virtualMsMax: 600_000 };
const BROKERS = 3;
const TOPIC = "t";
/** In peace all must be well again after so long. */
const RECOVERY_MS_MAX = 60_000;
const POLL_MS = 100;
/** Between two things that a client does. */
const THINKING_MS = 50;
const PROPERTIES = {
  "broker.session.timeout.ms": 3_000,
  "broker.heartbeat.interval.ms": 500,
  "replica.lag.time.max.ms": 2_000,
  "leader.imbalance.check.interval.seconds": 5,
  "log.flush.offset.checkpoint.interval.ms": 300,
};

export interface ClusterSummary extends RunSummary {
  readonly acknowledged: number;
}

export async function clusterRun(seed: number): Promise<ClusterSummary> {
  const simulation = new Simulation(seed);
  const schedule = drawClusterSchedule(simulation.random("schedule"), BROKERS);
  const run = new ClusterRun(simulation, schedule);
  try {
    const summary = await simulation.run(() => run.play(), LIMITS);
    return { ...summary, acknowledged: run.acknowledged };
  } catch (failure) {
    const why = failure instanceof Error ? failure.message : String(failure);
    throw new Error(`${why}\n${JSON.stringify(schedule, null, 1)}`, { cause: failure });
  }
}

class ClusterRun {
  readonly #simulation: Simulation;
  readonly #schedule: ClusterSchedule;
  readonly #cluster: SimulatedCluster;
  readonly #observer = new MetadataObserver();
  readonly #safety: Safety;
  readonly #ledger: Ledger;
  readonly #auditor: ClusterClient;
  #isPeace = false;

  constructor(simulation: Simulation, schedule: ClusterSchedule) {
    this.#simulation = simulation;
    this.#schedule = schedule;
    const properties = { ...PROPERTIES, "replica.fetch.max.bytes": schedule.fetchBytesMax };
    this.#cluster = new SimulatedCluster(simulation, BROKERS, properties);
    this.#safety = new Safety(this.#cluster.brokers);
    this.#ledger = new Ledger(schedule.partitions);
    this.#auditor = this.#client("auditor");
  }

  get acknowledged(): number {
    return this.#ledger.acknowledged;
  }

  async play(): Promise<void> {
    await this.#cluster.open();
    const observer = this.#observer;
    observer.follow(this.#cluster.engine);
    await Promise.all(this.#cluster.brokers.map((broker) => broker.start()));
    const places = await this.#createTopic();
    const workers = this.#workers(places);
    const working = workers.map((worker) => this.#work(worker));
    await Promise.all([
      this.#simulation.sleep(this.#schedule.lastsMs),
      ...this.#schedule.faults.map((fault) => this.#befall(fault)),
    ]);
    this.#isPeace = true;
    await this.#until("every producer has its answer", async () => workers.every(({ isIdle }) => isIdle));
    await Promise.all(working);
    await this.#until("all replicas are in sync", async () => observer.isWhole(TOPIC, BROKERS) || this.#spread(places));
    for (const place of places) this.#ledger.isWhole(place.partition, await this.#readAll(place));
    for (const broker of this.#cluster.brokers) await broker.stop();
    for (const { partition } of places) this.#replicasAreAlike(partition);
    for (const broker of this.#cluster.brokers) {
      const [bug] = broker.errors();
      if (bug !== undefined) throw new Error(`a broker says of itself: ${bug}`);
    }
  }

  async #createTopic(): Promise<readonly Place[]> {
    // With one, nothing is promised once the others have left the ISR.
    const configs = { "min.insync.replicas": "2" };
    const { errorCode, topicId } = await createTopic(
      this.#auditor.any(),
      TOPIC,
      this.#schedule.partitions,
      configs,
      BROKERS,
    );
    invariant(errorCode === errors.NONE.code, "the topic is created");
    return Array.from({ length: this.#schedule.partitions }, (_, partition) => ({ topic: TOPIC, topicId, partition }));
  }

  #workers(places: readonly Place[]): readonly ClusterWorker[] {
    const options = (name: string) => ({
      ...{ client: this.#client(name), places, ledger: this.#ledger },
      random: this.#simulation.random(`worker ${name}`),
    });
    const { producers, readers, hasMover } = this.#schedule;
    return [
      ...(hasMover ? [new Mover(options("mover"), BROKERS)] : []),
      ...Array.from({ length: producers }, (_, index) => new ClusterProducer(options(`p${index}`))),
      ...Array.from({ length: readers }, (_, index) => new ClusterReader(options(`reader ${index}`))),
    ];
  }

  #client(name: string): ClusterClient {
    const environment = this.#simulation.host().start();
    return new ClusterClient(name, environment, this.#cluster.addresses, this.#simulation.random(`client ${name}`));
  }

  async #work(worker: ClusterWorker): Promise<void> {
    while (!(this.#isPeace && worker.isIdle)) {
      await worker.step().catch(unlessLost);
      await this.#simulation.sleep(THINKING_MS);
    }
  }

  async #befall({ atMs, kind, broker: index, forMs }: Fault): Promise<void> {
    await this.#simulation.sleep(atMs);
    const broker = this.#cluster.brokers[index];
    if (broker === undefined || !broker.isAlive) return;
    switch (kind) {
      case "stop":
      case "kill":
      case "power cut":
        if (!this.#safety.allows(kind, broker, this.#observer.partitionsOf(TOPIC))) return;
        if (kind === "stop") await broker.stop();
        else if (kind === "kill") broker.kill();
        else broker.cutPower();
        return this.#restart(broker, forMs);
      case "isolate":
        return this.#cutOff(broker, forMs, "both ways");
      case "deafen":
        return this.#cutOff(broker, forMs, "towards it");
      case "stall metadata":
        return this.#cluster.stallMetadata(broker, forMs);
      default:
        this.#cluster.stallMetadata(broker, forMs);
        return this.#cutOff(broker, forMs, "both ways");
    }
  }

  /** Another fault may end it again before it serves. */
  async #restart(broker: SimulatedBroker, afterMs: number): Promise<void> {
    await this.#simulation.sleep(afterMs);
    if (!broker.isAlive && (await broker.start()) === "serving") this.#safety.serves(broker);
  }

  #cutOff(broker: SimulatedBroker, forMs: number, how: "both ways" | "towards it"): void {
    for (const other of this.#cluster.brokers) {
      if (other === broker) continue;
      this.#simulation.cut(other.host, broker.host, forMs);
      if (how === "both ways") this.#simulation.cut(broker.host, other.host, forMs);
    }
  }

  /** Every partition shall be on every broker again. False: it is not yet. */
  async #spread(places: readonly Place[]): Promise<false> {
    const everywhere = this.#cluster.brokers.map((_, index) => index + 1);
    for (const place of places) {
      const { replicas = [], removingReplicas = [] } = this.#observer.partitionsOf(TOPIC)[place.partition] ?? {};
      if (replicas.length === BROKERS && removingReplicas.length === 0) continue;
      await moveTo(this.#auditor.any(), place, everywhere).catch(unlessLost);
    }
    return false;
  }

  async #until(what: string, holds: () => Promise<boolean>): Promise<void> {
    const endMs = this.#simulation.nowMs + RECOVERY_MS_MAX;
    while (!(await holds())) {
      invariant(this.#simulation.nowMs < endMs, `in peace ${what}`);
      await this.#simulation.sleep(POLL_MS);
    }
  }

  /** A new leader may need a moment until it knows again what is committed. */
  async #readAll(place: Place): Promise<readonly FetchedRecord[]> {
    const all: FetchedRecord[] = [];
    const lastKnown = this.#ledger.lastKnown(place.partition);
    await this.#until("all that is known can be read", async () => {
      const last = all.at(-1)?.offset ?? -1;
      const records = await this.#readOn(place, last + 1);
      if (records === null) this.#auditor.forget(place.partition);
      all.push(...(records ?? []));
      return records?.length === 0 && last >= lastKnown;
    });
    return all;
  }

  /** Null: from this leader nothing is to be had. */
  async #readOn(place: Place, offset: number): Promise<readonly FetchedRecord[] | null> {
    const leader = await this.#auditor.leaderOf(place.topic, place.partition);
    if (leader === null) return null;
    return readFrom(leader, place, offset).catch((failure) => {
      unlessLost(failure);
      return null;
    });
  }

  #replicasAreAlike(partition: number): void {
    const [first, ...others] = this.#cluster.brokers.map(({ host }) => logBytes(host, TOPIC, partition));
    const areAlike = first !== undefined && others.every((bytes) => bytes.equals(first));
    invariant(areAlike, `the replicas of partition ${partition} are alike`);
  }
}

function unlessLost(failure: unknown): void {
  if (!(failure instanceof ConnectionLost)) throw failure;
}
