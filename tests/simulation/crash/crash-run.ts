/** One seed: a broker and its clients, crashes at random moments, and after each start a look at everything. */
import { type RunSummary, Simulation } from "../../../src/environments/simulated/simulation.js";
import type { Environment } from "../../../src/lib/environment.js";
import { SimulatedBroker } from "../broker.js";
import { ConnectionLost, SimulatedClient } from "../client.js";
import { Admin } from "./admin.js";
import { audit, type Groups } from "./audit.js";
import { endAllTransactions } from "./audit-ledger.js";
import { ClassicMember } from "./classic-member.js";
import { CommittedReader } from "./committed-reader.js";
import { Committer } from "./committer.js";
import { Consumer } from "./consumer.js";
import { ConsumerMember } from "./consumer-member.js";
import { Expected } from "./expected.js";
import type { Member, MemberOptions } from "./member.js";
import { Ownership } from "./ownership.js";
import { Producer } from "./producer.js";
import { drawSchedule, type Round, type Schedule } from "./schedule.js";
import { TransactionalProducer } from "./transactional-producer.js";
import type { Worker, WorkerOptions } from "./worker.js";

const LIMITS = { eventsMax: 2_000_000, virtualMsMax: 3_600_000 };
/** A broker without power says nothing: its clients give up soon. */
const ANSWER_MS_MAX = 2_000;
/** Between two things that a client does: one that finds nothing to do does not do it for ever. */
const THINKING_MS = 0.1;
const [CLASSIC, CONSUMER] = ["classic-group", "consumer-group"];

export async function crashRun(seed: number): Promise<RunSummary> {
  const simulation = new Simulation(seed);
  const schedule = drawSchedule(simulation.random("schedule"));
  const run = new CrashRun(simulation, schedule);
  try {
    return await simulation.run(() => run.play(), LIMITS);
  } catch (failure) {
    const why = failure instanceof Error ? failure.message : String(failure);
    throw new Error(`${why}\n${JSON.stringify(schedule, null, 1)}`, { cause: failure });
  }
}

class CrashRun {
  readonly #simulation: Simulation;
  readonly #schedule: Schedule;
  readonly #broker: SimulatedBroker;
  readonly #expected: Expected;
  readonly #auditor: SimulatedClient;
  readonly #workers: readonly Worker[];
  readonly #groups: Groups;

  constructor(simulation: Simulation, schedule: Schedule) {
    this.#simulation = simulation;
    this.#schedule = schedule;
    this.#expected = new Expected({ syncsAlways: schedule.syncsAlways, isReplicated: false });
    this.#broker = new SimulatedBroker(simulation, schedule.properties);
    this.#auditor = this.#client("auditor", simulation.host().start());
    const { producers, consumers, committers, committedReaders } = schedule;
    const commits = Array.from(
      { length: committers },
      (_, index) => new Committer(this.#options(`committer ${index}`)),
    );
    this.#groups = { withoutMembers: commits.map(({ groupId }) => groupId), withMembers: [CLASSIC, CONSUMER] };
    this.#workers = [
      new Admin(this.#options("admin"), schedule.internalSegmentBytes),
      ...Array.from({ length: producers }, (_, index) => new Producer(this.#options(`p${index}`), index % 2 === 0)),
      ...Array.from({ length: consumers }, (_, index) => new Consumer(this.#options(`consumer ${index}`))),
      ...commits,
      ...this.#transactionalProducers(),
      ...this.#membersOf(CLASSIC, schedule.classicMembers, (options) => new ClassicMember(options)),
      ...this.#membersOf(CONSUMER, schedule.consumerMembers, (options) => new ConsumerMember(options)),
      ...Array.from({ length: committedReaders }, (_, index) => new CommittedReader(this.#options(`reader ${index}`))),
    ];
  }

  #transactionalProducers(): TransactionalProducer[] {
    return this.#schedule.transactionalProducers.flatMap((processes, index) => {
      const rivalry = { name: `t${index}`, hasRivals: processes > 1 };
      return Array.from({ length: processes }, (_, process) => {
        return new TransactionalProducer(this.#options(`t${index} ${process}`), rivalry);
      });
    });
  }

  #membersOf(groupId: string, count: number, make: (options: MemberOptions) => Member): Member[] {
    const ownership = new Ownership();
    const patienceMs = this.#schedule.sessionMs;
    return Array.from({ length: count }, (_, index) => {
      return make({ ...this.#options(`${groupId} ${index}`), groupId, ownership, patienceMs });
    });
  }

  async play(): Promise<void> {
    for (const round of this.#schedule.rounds) await this.#round(round);
    this.#arm(null);
    if ((await this.#broker.start()) === "ended") throw new Error("nobody ends the last process");
    await audit(this.#auditor, this.#expected, this.#groups);
    await endAllTransactions(this.#auditor, this.#expected.ledger);
    await this.#broker.stop();
    const [bug] = this.#broker.errors();
    if (bug !== undefined) throw new Error(`the broker says of itself: ${bug}`);
  }

  async #round(round: Round): Promise<void> {
    this.#arm(round.crash);
    this.#expected.isStopping = false;
    if ((await this.#broker.start()) === "ended") return;
    try {
      await audit(this.#auditor, this.#expected, this.#groups);
    } catch (failure) {
      if (failure instanceof ConnectionLost && !this.#broker.isAlive) return;
      throw failure;
    }
    const untilMs = this.#simulation.nowMs + round.afterMs;
    const working = this.#workers.map((worker) => this.#work(worker, untilMs));
    await this.#simulation.sleep(round.afterMs);
    if (round.end === "stop") await this.#stop();
    else this.#crash(round.end);
    await Promise.all(working);
  }

  async #stop(): Promise<void> {
    this.#expected.isStopping = true;
    await this.#broker.stop();
  }

  /** Ends the process in the middle of what it does with its disk. */
  #arm(crash: Round["crash"]): void {
    let left = crash?.beforeOperation ?? Number.POSITIVE_INFINITY;
    this.#broker.host.disk.watch = () => {
      if (crash !== null && left-- === 0) this.#crash(crash.how);
      return null;
    };
  }

  #crash(how: "kill" | "power cut"): void {
    if (!this.#broker.isAlive) return;
    this.#expected.happened(how);
    if (how === "kill") this.#broker.kill();
    else this.#broker.cutPower();
  }

  #options(name: string): WorkerOptions {
    const environment = this.#simulation.host().start();
    const client = this.#client(name, environment);
    const random = this.#simulation.random(`worker ${name}`);
    return { client, clock: environment.clock, expected: this.#expected, random };
  }

  #client(name: string, environment: Environment): SimulatedClient {
    return new SimulatedClient(environment, this.#broker.address, name, ANSWER_MS_MAX);
  }

  async #work(worker: Worker, untilMs: number): Promise<void> {
    while (this.#broker.isAlive && this.#simulation.nowMs < untilMs) {
      try {
        await worker.step();
      } catch (failure) {
        if (!(failure instanceof ConnectionLost)) throw failure;
      }
      await this.#simulation.sleep(THINKING_MS);
    }
  }
}
