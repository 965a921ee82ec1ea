/** What one generated request means: its producer, its group, the topic that it is just naming. */
import type { RandomStream } from "../../src/environments/simulated/random-stream.js";
import type { Api } from "../../src/protocol/schema/message.js";
import type { GroupSlot, ProducerSlot, World } from "./world.js";

/** The batch that a request appends, if it is taken. */
export interface Produced {
  readonly topic: string;
  readonly partition: number;
  readonly records: number;
}

export class Scope {
  readonly api: Api;
  readonly version: number;
  readonly world: World;
  readonly dice: RandomStream;
  readonly producer: ProducerSlot;
  readonly group: GroupSlot;
  /** The topic named last; null when it was a wrong one. */
  topic: number | null = null;
  partition = 0;
  resourceType = 0;
  /** A change that would reach other worlds: it may only be validated. */
  reachesOthers = false;
  isTransactional = false;
  /** Of a Fetch. */
  readsLittle = false;
  isReadCommitted = false;
  readonly produced: Produced[] = [];
  readonly #brokenness: number;

  /** `brokenness` is the share of fields that hold something wrong: 0 for a request that ought to succeed. */
  constructor(world: World, api: Api, version: number, dice: RandomStream, brokenness: number) {
    this.world = world;
    this.api = api;
    this.version = version;
    this.dice = dice;
    this.#brokenness = brokenness;
    this.producer = this.pick(api.name === "Produce" ? world.producers : world.transactionalProducers);
    const isAboutConsumers = api.name.startsWith("ConsumerGroup") !== (brokenness > 0 && dice.chance(0.1));
    this.group = isAboutConsumers ? world.consumerGroup : world.classicGroup;
  }

  isBroken(): boolean {
    return this.dice.fraction() < this.#brokenness;
  }

  pick<T>(values: readonly T[]): T {
    const value = values[this.dice.below(values.length)];
    if (value === undefined) throw new Error("there is nothing to pick from");
    return value;
  }

  /** The number itself, or one beside it. */
  near(value: number): number {
    return this.isBroken() ? value + this.pick([-1, 1, 5]) : value;
  }
}
