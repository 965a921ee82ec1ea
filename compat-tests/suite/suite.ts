/**
 * The suite: every client in every scenario, on the clusters that it is given. Clients share the work of a few lanes;
 * each lane has a broker of its own, so that a client whose scenario restarts it disturbs no other.
 */
import type { Said } from "../contract.js";
import type { Scenario } from "../scenarios.js";
import { createsTopicsUnasked, lookAt } from "./administrator.js";
import { type Client, type Places, withOnly } from "./client.js";
import { runClient } from "./client-process.js";
import { type Cluster, notOurs, perform } from "./cluster.js";
import { install } from "./install.js";
import { oneBroker, type TargetChoice, threeBrokers } from "./own-clusters.js";
import { type Cell, judge } from "./results.js";

export interface SuiteOptions {
  readonly places: Places;
  /** Each with the scenarios that it is to do. */
  readonly clients: readonly Client[];
  /** Clients that run at once. */
  readonly jobs: number;
  /** Somebody's broker, by its address, or one that the suite starts. */
  readonly broker: { readonly bootstrap: string } | TargetChoice;
  readonly watcher: Watcher;
}

/** Who is told how it goes. */
export interface Watcher {
  installing(client: Client): void;
  began(client: Client, scenario: Scenario): void;
  ended(client: Client, cell: Cell): void;
  done(client: Client): void;
}

export async function runSuite(options: SuiteOptions): Promise<Cell[]> {
  const { clients, watcher } = options;
  const cells: Cell[] = [];
  const tell = (client: Client, cell: Cell) => {
    cells.push(cell);
    watcher.ended(client, cell);
  };
  const waiting: Client[] = [];
  for (const client of clients) {
    watcher.installing(client);
    const why = await install(client, options.places);
    if (why === null) waiting.push(client);
    else for (const { id } of client.scenarios) tell(client, skipped(client, id, why));
  }
  if (waiting.length > 0) await runLanes(options, waiting, tell);
  return "target" in options.broker ? await secondLook(options, cells) : cells;
}

/**
 * What failed is tried once more, on new brokers and with nobody beside it: a busy machine makes clients run out of time,
 * and what fails for another reason fails again. A cell that passes then says that it did not at first.
 */
async function secondLook(options: SuiteOptions, first: readonly Cell[]): Promise<Cell[]> {
  const cells = [...first];
  const failed = (client: Client, scenario: string) => (cell: Cell) =>
    cell.outcome === "failed" && cell.client === client.folderName && cell.scenario === scenario;
  for (const client of withOnly(options.clients, ({ id }, one) => first.some(failed(one, id)))) {
    await runLanes({ ...options, clients: [client], jobs: 1 }, [client], (_, cell) => {
      const at = cells.findIndex(failed(client, cell.scenario));
      const again = cell.outcome === "failed" ? cell : { ...cell, message: `at first: ${cells[at]?.message ?? ""}` };
      cells.splice(at, 1, again);
      options.watcher.ended(client, again);
    });
  }
  return cells;
}

async function runLanes(options: SuiteOptions, waiting: Client[], tell: Tell): Promise<void> {
  const three = new Shared(() => severalBrokers(options));
  // Time in base 36: topics of an earlier run may lie on a broker that is not the suite's own.
  const runName = `compat-${Date.now().toString(36)}`;
  const lane = async () => {
    const one = new Shared(() => singleBroker(options, {}));
    try {
      for (let client = waiting.shift(); client !== undefined; client = waiting.shift()) {
        const prefix = `${runName}-${client.folderName}`;
        const turn = { options, client, prefix, tell };
        if (Object.keys(client.broker).length === 0) await runOn(turn, await one.get(), onOneBroker);
        else await runOnItsOwn(turn);
        if (client.scenarios.some(({ brokers }) => brokers === 3)) {
          await runOn(turn, await three.get(), (scenario) => scenario.brokers === 3);
        }
        options.watcher.done(client);
      }
    } finally {
      await one.dispose();
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(options.jobs, waiting.length) }, lane));
  } finally {
    await three.dispose();
  }
}

type Tell = (client: Client, cell: Cell) => void;

/** A cluster with what it cannot show: why a scenario is skipped on it, or null. */
interface Stage {
  readonly cluster: Cluster;
  whyNot(scenario: Scenario): string | null;
}

interface Turn {
  readonly options: SuiteOptions;
  readonly client: Client;
  readonly prefix: string;
  readonly tell: Tell;
}

const onOneBroker = (scenario: Scenario) => scenario.brokers === 1;

/** On a broker with properties that no other client has. */
async function runOnItsOwn(turn: Turn): Promise<void> {
  const stage = await singleBroker(turn.options, turn.client.broker);
  try {
    await runOn(turn, stage, onOneBroker);
  } finally {
    await stage.cluster.dispose();
  }
}

async function runOn(turn: Turn, stage: Stage, belongs: (scenario: Scenario) => boolean): Promise<void> {
  const { options, client, prefix, tell } = turn;
  const toRun: Scenario[] = [];
  for (const scenario of client.scenarios.filter(belongs)) {
    const why = stage.whyNot(scenario);
    if (why === null) toRun.push(scenario);
    else tell(client, skipped(client, scenario.id, why));
  }
  await runClient({
    client,
    places: options.places,
    bootstrap: stage.cluster.bootstrap,
    prefix,
    scenarios: toRun,
    perform: (ask) => perform(stage.cluster, ask),
    report: (said: Said) => tell(client, judge(client, said)),
    began: (scenario) => options.watcher.began(client, scenario),
  });
}

function skipped(client: Client, scenario: string, message: string): Cell {
  return { client: client.folderName, scenario, outcome: "skipped", ms: 0, message };
}

async function singleBroker({ broker }: SuiteOptions, properties: Client["broker"]): Promise<Stage> {
  if ("target" in broker) return { cluster: await oneBroker(broker, properties), whyNot: () => null };
  const { bootstrap } = broker;
  const unasked = await createsTopicsUnasked(bootstrap, `compat-${Date.now().toString(36)}-unasked`);
  return {
    cluster: foreign(bootstrap),
    whyNot: ({ id, deeds }) => {
      if (deeds.some((deed) => deed !== "move-leader")) return notOurs;
      return unasked && id === "error-unknown-topic" ? "the broker creates topics unasked" : null;
    },
  };
}

async function severalBrokers({ broker }: SuiteOptions): Promise<Stage> {
  if ("target" in broker) return { cluster: await threeBrokers(broker), whyNot: () => null };
  const { brokers } = await lookAt(broker.bootstrap);
  const why = brokers.length >= 3 ? null : `needs 3 brokers, and there are ${brokers.length}`;
  return { cluster: foreign(broker.bootstrap), whyNot: () => why };
}

function foreign(bootstrap: string): Cluster {
  return { bootstrap, own: null, dispose: () => Promise.resolve() };
}

/** A stage that is made when the first asks for it. */
class Shared {
  readonly #make: () => Promise<Stage>;
  #made: Promise<Stage> | null = null;

  constructor(make: () => Promise<Stage>) {
    this.#make = make;
  }

  get(): Promise<Stage> {
    this.#made ??= this.#make();
    return this.#made;
  }

  async dispose(): Promise<void> {
    await (await this.#made)?.cluster.dispose();
  }
}
