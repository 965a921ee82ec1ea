/**
 * The life of one broker: producers of every kind, a group of which one member dies, a clean restart and a kill. What it
 * is compared for is every byte that crosses the network and every line of the broker's log.
 */
import type { RandomStream } from "../../src/environments/simulated/random-stream.js";
import { type RunSummary, type SimulatedHost, Simulation } from "../../src/environments/simulated/simulation.js";
import { invariant } from "../../src/lib/invariant.js";
import { errors } from "../../src/protocol/errors.js";
import { buildBatch } from "../../src/protocol/records/build-batch.js";
import { codecs } from "../../src/protocol/records/codecs.js";
import { SimulatedBroker } from "./broker.js";
import { initProducer, type Place, produce, produceBlindly, topicsOf } from "./calls.js";
import { ConnectionLost, SimulatedClient } from "./client.js";
import { GroupMember } from "./group-member.js";

const LIMITS = { eventsMax: 1_000_000, virtualMsMax: 600_000 };
const GROUP = "readers";
const MEMBERS = 3;
const BATCHES = 15;

export interface Life extends RunSummary {
  readonly log: readonly string[];
  /** Records that were answered, and how many of them came to the group; some come twice. */
  readonly answered: number;
  readonly consumed: number;
}

export async function firstLight(seed: number): Promise<Life> {
  const life = new FirstLight(new Simulation(seed));
  return life.run();
}

class FirstLight {
  readonly #simulation: Simulation;
  readonly #broker: SimulatedBroker;
  readonly #random: RandomStream;
  readonly #answered = new Set<string>();
  readonly #consumed = new Set<string>();
  #places: readonly Place[] = [];
  #members: readonly { readonly member: GroupMember; readonly host: SimulatedHost; readonly running: Promise<void> }[] =
    [];
  #values = 0;

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
    this.#broker = new SimulatedBroker(simulation, { "num.partitions": 3, "offsets.topic.num.partitions": 4 });
    this.#random = simulation.random("workload");
  }

  async run(): Promise<Life> {
    const summary = await this.#simulation.run(() => this.#live(), LIMITS);
    const { log } = this.#broker;
    return { ...summary, log, answered: this.#answered.size, consumed: this.#consumed.size };
  }

  async #live(): Promise<void> {
    await this.#broker.start();
    this.#places = await this.#autoCreated();
    this.#members = Array.from({ length: MEMBERS }, (_, index) => this.#member(index));
    await this.#produceAll();
    await this.#oneMemberDies();
    await this.#broker.stop();
    await this.#broker.start();
    await this.#produceAll();
    const killing = this.#simulation.sleep(this.#random.below(300)).then(() => this.#broker.kill());
    await Promise.all([killing, this.#produceAll()]);
    await this.#broker.start();
    await this.#produceAll();
    await this.#until(() => [...this.#answered].every((value) => this.#consumed.has(value)), "all is consumed");
    for (const { member } of this.#members) member.leave();
    await Promise.all(this.#members.map(({ running }) => running));
    await this.#broker.stop();
    invariant(this.#broker.errors().length === 0, this.#broker.errors().join());
  }

  async #autoCreated(): Promise<Place[]> {
    const [topic] = await topicsOf(this.#client("creator"), ["orders"]);
    invariant(topic?.errorCode === errors.NONE.code && topic.name !== null, "the topic is made when it is asked for");
    const { name, topicId } = topic;
    return topic.partitions.map(({ partitionIndex }) => ({ topic: name, topicId, partition: partitionIndex }));
  }

  /** The session of a member that says nothing any more ends, and the others share its part. */
  async #oneMemberDies(): Promise<void> {
    await this.#until(() => this.#isShared(MEMBERS), "three members share the topic");
    const [dying, ...others] = this.#members;
    dying?.host.kill();
    this.#members = others;
    await this.#until(() => this.#isShared(MEMBERS - 1), "two members share what three had");
  }

  #isShared(members: number): boolean {
    const parts = this.#members.map(({ member }) => member.assigned.length).filter((count) => count > 0);
    return parts.length === members && parts.reduce((sum, count) => sum + count, 0) === this.#places.length;
  }

  async #produceAll(): Promise<void> {
    await Promise.all([this.#produceIdempotently(), this.#produceWithAcks(1), this.#produceWithAcks(0)]);
  }

  async #produceIdempotently(): Promise<void> {
    const client = this.#client("idempotent producer");
    const place = this.#place(0);
    await this.#unlessLost(async () => {
      const { producerId: id, producerEpoch: epoch } = await initProducer(client);
      for (let baseSequence = 0; baseSequence < BATCHES; baseSequence++) {
        const value = this.#value();
        const records = batchOf([value], codecs.gzip, { id, epoch, baseSequence });
        await this.#produce(client, place, -1, [value], records);
        // A retry: the broker knows that it has this batch.
        if (this.#random.chance(0.3)) await this.#produce(client, place, -1, [value], records);
      }
    });
    client.close();
  }

  async #produceWithAcks(acks: 0 | 1): Promise<void> {
    const client = this.#client(`producer with acks ${acks}`);
    await this.#unlessLost(async () => {
      for (let batch = 0; batch < BATCHES; batch++) {
        const values = Array.from({ length: this.#random.between(1, 5) }, () => this.#value());
        const place = this.#place(1 + acks);
        if (acks === 0) produceBlindly(client, place, batchOf(values));
        else await this.#produce(client, place, acks, values, batchOf(values));
        await this.#simulation.sleep(this.#random.below(20));
      }
    });
    client.close();
  }

  async #produce(client: SimulatedClient, place: Place, acks: 1 | -1, values: string[], records: Uint8Array) {
    const { errorCode } = await produce(client, place, acks, records);
    if (errorCode === errors.NONE.code) for (const value of values) this.#answered.add(value);
  }

  #value(): string {
    return `${++this.#values} ${".".repeat(this.#random.below(2_000))}`;
  }

  #place(index: number): Place {
    const place = this.#places[index];
    invariant(place !== undefined, "the topic has three partitions");
    return place;
  }

  #client(name: string): SimulatedClient {
    return new SimulatedClient(this.#simulation.host().start(), this.#broker.address, name);
  }

  #member(index: number) {
    const host = this.#simulation.host();
    const client = new SimulatedClient(host.start(), this.#broker.address, `member ${index}`);
    const member = new GroupMember({
      ...{ client, groupId: GROUP, places: this.#places, random: this.#random },
      sleep: (ms) => this.#simulation.sleep(ms),
      onRecord: (value) => void this.#consumed.add(value),
    });
    return { member, host, running: member.run() };
  }

  async #unlessLost(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (failure) {
      if (!(failure instanceof ConnectionLost)) throw failure;
    }
  }

  async #until(holds: () => boolean, what: string): Promise<void> {
    for (let waited = 0; !holds(); waited++) {
      invariant(waited < 1_000, what);
      await this.#simulation.sleep(100);
    }
  }
}

function batchOf(
  values: readonly string[],
  codec: (typeof codecs)[keyof typeof codecs] = codecs.none,
  producer?: { readonly id: number; readonly epoch: number; readonly baseSequence: number },
): Uint8Array {
  return buildBatch({
    records: values.map((value) => ({ timestampMs: -1, key: null, value: Buffer.from(value, "latin1") })),
    codec,
    ...(producer === undefined ? {} : { producer }),
  });
}
