/**
 * A small world for generated requests: a few topics, groups, producers and names that are wrong. What a broker gives
 * for itself (ids, epochs, generations) is remembered here, so that a later request can mean it.
 */

/** Which members, producers and names a request may mean; `prefix` sets it apart from every other world. */
export class World {
  readonly prefix: string;
  /** They exist before the first request, with two partitions each. */
  readonly topics: readonly string[];
  readonly topicIds: readonly string[];
  /** Made, altered and removed by requests to the controller; nothing else asks for it, for a broker learns of it late. */
  readonly scratchTopic: string;
  readonly unknownTopic: string;
  readonly classicGroup: GroupSlot;
  readonly consumerGroup: GroupSlot;
  /** Two with transactional ids, and one without. */
  readonly producers: readonly ProducerSlot[];
  readonly transactionalProducers: readonly ProducerSlot[];
  readonly fetchSession = { id: 0, epoch: 0 };

  constructor(prefix: string, topicIds: readonly string[]) {
    this.prefix = prefix;
    this.topics = topicNamesOf(prefix);
    this.topicIds = topicIds;
    this.scratchTopic = scratchTopicOf(prefix);
    this.unknownTopic = `${prefix}-unknown`;
    this.classicGroup = new GroupSlot(`${prefix}-classic`);
    this.consumerGroup = new GroupSlot(`${prefix}-consumer`);
    this.transactionalProducers = [new ProducerSlot(`${prefix}-tx-0`), new ProducerSlot(`${prefix}-tx-1`)];
    this.producers = [...this.transactionalProducers, new ProducerSlot(null)];
  }
}

export const PARTITIONS = 2;

export function topicNamesOf(prefix: string): readonly string[] {
  return [`${prefix}-one`, `${prefix}-two`];
}

export function scratchTopicOf(prefix: string): string {
  return `${prefix}-scratch`;
}

/** A group and its one member: who shares a group waits for the others. */
export class GroupSlot {
  readonly groupId: string;
  memberId = "";
  /** Of a classic group its generation, of a consumer group the member's epoch. */
  generation = -1;

  constructor(groupId: string) {
    this.groupId = groupId;
  }
}

export class ProducerSlot {
  readonly transactionalId: string | null;
  producerId = -1;
  epoch = -1;
  /** By topic and partition. */
  readonly #nextSequences = new Map<string, number>();

  constructor(transactionalId: string | null) {
    this.transactionalId = transactionalId;
  }

  become(producerId: number, epoch: number): void {
    if (producerId === this.producerId && epoch === this.epoch) return;
    this.producerId = producerId;
    this.epoch = epoch;
    this.#nextSequences.clear();
  }

  nextSequence(topic: string, partition: number): number {
    return this.#nextSequences.get(`${topic} ${partition}`) ?? 0;
  }

  advance(topic: string, partition: number, records: number): void {
    this.#nextSequences.set(`${topic} ${partition}`, this.nextSequence(topic, partition) + records);
  }
}
