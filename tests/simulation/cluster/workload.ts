/** Who uses the cluster: the clients of the crash simulation, each with a client that finds its way among brokers. */
import type { Simulation } from "../../../src/environments/simulated/simulation.js";
import { Admin } from "../crash/admin.js";
import type { Groups } from "../crash/audit.js";
import { ClassicMember } from "../crash/classic-member.js";
import { CommittedReader } from "../crash/committed-reader.js";
import { Committer } from "../crash/committer.js";
import { Consumer } from "../crash/consumer.js";
import { ConsumerMember } from "../crash/consumer-member.js";
import { Expected } from "../crash/expected.js";
import type { Member, MemberOptions } from "../crash/member.js";
import { Ownership } from "../crash/ownership.js";
import { Producer } from "../crash/producer.js";
import { TransactionalProducer } from "../crash/transactional-producer.js";
import type { Worker, WorkerOptions } from "../crash/worker.js";
import { ClusterClient } from "./cluster-client.js";
import { FencedProducer } from "./fenced-producer.js";
import { Latecomer } from "./latecomer.js";
import type { MetadataObserver } from "./metadata-observer.js";
import { Mover } from "./mover.js";
import type { ClusterSchedule } from "./schedule.js";
import type { SimulatedCluster } from "./simulated-cluster.js";

/** So many names that some are left when the fate of others stays unknown. */
const TOPICS = Array.from({ length: 12 }, (_, index) => `topic${index}`);
const [CLASSIC, CONSUMER] = ["classic-group", "consumer-group"];
/** How often they do something, in proportion. What is written costs several times as much, as it is replicated. */
const [READING, OFTEN, SELDOM] = [2, 1, 0.25];

export interface Working {
  readonly name: string;
  readonly worker: Worker;
  readonly pace: number;
}

export class Workload {
  readonly expected = new Expected({ syncsAlways: false, isReplicated: true });
  readonly groups: Groups;
  readonly workers: readonly Working[];
  readonly #simulation: Simulation;
  readonly #cluster: SimulatedCluster;
  readonly #observer: MetadataObserver;
  readonly #clients: ClusterClient[] = [];

  constructor(
    simulation: Simulation,
    schedule: ClusterSchedule,
    cluster: SimulatedCluster,
    observer: MetadataObserver,
  ) {
    this.#simulation = simulation;
    this.#cluster = cluster;
    this.#observer = observer;
    const committers = times(schedule.committers, (index) => new Committer(this.#options(`committer ${index}`)));
    this.groups = { withoutMembers: committers.map(({ groupId }) => groupId), withMembers: [CLASSIC, CONSUMER] };
    const seldom: Worker[] = [new Admin(this.#options("admin"), null, TOPICS)];
    if (schedule.hasMover) seldom.push(new Mover(this.#options("mover"), observer, schedule.brokers));
    const readers: readonly Worker[] = [
      ...times(schedule.consumers, (index) => new Consumer(this.#options(`consumer ${index}`))),
      ...times(schedule.committedReaders, (index) => new CommittedReader(this.#options(`reader ${index}`))),
    ];
    const often: Worker[] = [
      ...times(schedule.producers, (index) => new Producer(this.#options(`p${index}`), index % 2 === 0)),
      ...committers,
      ...this.#transactionalProducers(schedule.transactionalProducers),
      ...this.#members(CLASSIC, schedule.classicMembers, schedule.sessionMs, (options) => new ClassicMember(options)),
      ...this.#members(CONSUMER, schedule.consumerMembers, schedule.sessionMs, (one) => new ConsumerMember(one)),
    ];
    if (schedule.hasLatecomers) {
      often.push(new Latecomer(this.#options("latecomer"), observer), new FencedProducer(this.#options("fenced")));
    }
    const paced = (pace: number) => (worker: Worker, index: number) => {
      return { name: `${worker.constructor.name} ${index}`, worker, pace };
    };
    this.workers = [...seldom.map(paced(SELDOM)), ...often.map(paced(OFTEN)), ...readers.map(paced(READING))];
  }

  /** How many requests were answered so far. */
  get operations(): number {
    return this.#clients.reduce((sum, { answered }) => sum + answered, 0);
  }

  client(name: string): ClusterClient {
    const environment = this.#cluster.clientHost().start();
    const random = this.#simulation.random(`client ${name}`);
    const client = new ClusterClient(name, environment, this.#cluster.addresses, random, this.#observer);
    this.#clients.push(client);
    return client;
  }

  #options(name: string): WorkerOptions {
    const client = this.client(name);
    const random = this.#simulation.random(`worker ${name}`);
    return { client, clock: client.environment.clock, expected: this.expected, random };
  }

  #transactionalProducers(processesById: readonly number[]): TransactionalProducer[] {
    return processesById.flatMap((processes, index) => {
      const rivalry = { name: `t${index}`, hasRivals: processes > 1 };
      return times(processes, (process) => new TransactionalProducer(this.#options(`t${index} ${process}`), rivalry));
    });
  }

  #members(
    groupId: string,
    count: number,
    patienceMs: number,
    make: (options: MemberOptions) => Member,
  ): readonly Member[] {
    const ownership = new Ownership();
    return times(count, (index) => make({ ...this.#options(`${groupId} ${index}`), groupId, ownership, patienceMs }));
  }
}

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}
