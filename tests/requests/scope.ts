/** What one generated request means: its producer, its member, the topic that it is just naming. */
import type { RandomStream } from "../../src/environments/simulated/random-stream.js";
import type { Api } from "../../src/protocol/schema/message.js";
import type { GroupSlot, MemberSlot, ProducerSlot, World } from "./world.js";

export class Scope {
  readonly api: Api;
  readonly version: number;
  readonly world: World;
  readonly dice: RandomStream;
  readonly producer: ProducerSlot;
  readonly group: GroupSlot;
  readonly member: MemberSlot;
  /** The topic named last; null when it was a wrong one. */
  topic: number | null = null;
  partition = 0;
  resourceType = 0;
  /** A change that would reach other worlds: it may only be validated. */
  reachesOthers = false;
  /** Records in the batch of this request, by topic and partition. */
  readonly produced: { readonly topic: string; readonly partition: number; readonly records: number }[] = [];
  readonly #brokenness: number;

  /** `brokenness` is the share of fields that hold something wrong: 0 for a request that ought to succeed. */
  constructor(world: World, api: Api, version: number, dice: RandomStream, brokenness: number) {
    this.world = world;
    this.api = api;
    this.version = version;
    this.dice = dice;
    this.#brokenness = brokenness;
    this.producer = this.pick(world.producers);
    const isAboutConsumers = api.name.startsWith("ConsumerGroup") !== dice.chance(0.1);
    this.group = isAboutConsumers ? world.consumerGroup : world.classicGroup;
    this.member = this.pick(this.group.members);
  }

  isBroken(): boolean {
    return this.dice.fraction() < this.#brokenness;
  }

  pick<T>(values: readonly T[]): T {
    const value = values[this.dice.below(values.length)];
    if (value === undefined) throw new Error("there is something to pick from");
    return value;
  }
}
