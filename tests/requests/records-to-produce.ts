/** The record batches of generated Produce requests. */
import { codecs } from "../../src/protocol/records/codecs.js";
import { batchOf } from "../differential/requests.js";
import type { Scope } from "./scope.js";

const NO_PRODUCER = -1;
/** Half of the requests without a transaction come from a producer that counts. */
const IDEMPOTENT_SHARE = 0.5;
/** Older versions must not carry zstd. */
const codecsOfAll = [codecs.none, codecs.none, codecs.gzip, codecs.snappy, codecs.lz4];

/** Null for a request outside of any transaction. What is said here decides what the batch says. */
export function transactionOfProduce(scope: Scope): string | null {
  const { transactionalId, producerId } = scope.producer;
  if (producerId === NO_PRODUCER) return null;
  scope.isTransactional = transactionalId !== null;
  if (scope.isBroken()) return scope.pick([null, "", `${scope.world.prefix}-tx-unknown`]);
  return transactionalId;
}

export function recordsToProduce(scope: Scope): Uint8Array {
  const { producer, dice, partition, world } = scope;
  const topic = scope.topic === null ? world.unknownTopic : (world.topics[scope.topic] ?? "");
  const values = Array.from({ length: 1 + dice.below(3) }, (_, index) => `value ${index} of ${dice.below(1000)}`);
  const codec = scope.pick(codecsOfAll);
  const counts = scope.isTransactional || (producer.producerId !== NO_PRODUCER && dice.chance(IDEMPOTENT_SHARE));
  if (!counts) return spoiled(scope, batchOf(values, { codec }));
  const baseSequence = Math.max(0, scope.near(producer.nextSequence(topic, partition)));
  scope.produced.push({ topic, partition, records: values.length });
  const of = { id: producer.producerId, epoch: scope.near(producer.epoch), baseSequence };
  return spoiled(scope, batchOf(values, { codec, producer: of, isTransactional: scope.isTransactional }));
}

/** Cut short, or one bit in its records turned. */
function spoiled(scope: Scope, batch: Uint8Array): Uint8Array {
  if (!scope.isBroken() || !scope.isBroken()) return batch;
  if (scope.dice.chance(0.5)) return batch.subarray(0, batch.length - 3);
  const turned = Uint8Array.from(batch);
  const last = turned.length - 1;
  turned[last] = (turned[last] ?? 0) ^ 1;
  return turned;
}
