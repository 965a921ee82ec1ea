/** For tests: a broker that leads everything and coordinates transactions, over logs in memory. */
import { settled } from "../../../tests/support/manual-environment.js";
import type { Broker } from "../../broker/broker.js";
import { ProducerIds } from "../../broker/controlling/producer-ids.js";
import { groupShards } from "../../broker/coordinating/group-shards.js";
import { MarkerDelivery } from "../../broker/coordinating/marker-delivery.js";
import { TransactionMarkers } from "../../broker/coordinating/transaction-markers.js";
import { transactionShards } from "../../broker/coordinating/transaction-shards.js";
import { groupTopic, transactionTopic } from "../../broker/internal-topics.js";
import { Partitions } from "../../cluster/replication/partitions.js";
import { withoutPeers } from "../../cluster/replication/replication.test-data.js";
import { configWith } from "../../config/config.test-data.js";
import { memoryEnvironment } from "../../environments/memory/memory-environment.js";
import { Waiters } from "../../lib/waiters.js";
import { emptyImage } from "../../metadata/image/empty.js";
import { errors } from "../../protocol/errors.js";
import { logConfig, openStore, silentLogger } from "../../storage/storage.test-data.js";
import { imageWith } from "../ask.test-data.js";

export const image = imageWith({ [groupTopic]: 2, [transactionTopic]: 2, orders: 2 });

/** Markers are written when they are let go. */
export function heldMarkers() {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { released, release };
}

/** A broker that leads all partitions, over logs in memory, with its coordinators. */
export async function transactionalBroker(
  sets: Readonly<Record<string, string>> = {},
  { loaded = true, markers = { released: Promise.resolve() } } = {},
): Promise<Partial<Broker>> {
  const environment = memoryEnvironment();
  const config = configWith(...Object.entries(sets).map(([name, value]) => `${name}=${value}`));
  const store = await openStore(environment.files);
  const partitions = new Partitions({
    ...{ nodeId: 1, clock: environment.clock, store, ...withoutPeers(environment.clock) },
    logConfigOf: () => logConfig,
  });
  const rooms = { config, environment, logger: silentLogger, partitions, image: () => image };
  const groups = groupShards({ ...rooms, configNow: () => rooms.config });
  const waiters = new Waiters(environment, 100);
  const transactionMarkers = new (class extends TransactionMarkers {
    override async write(...args: Parameters<TransactionMarkers["write"]>) {
      await markers.released;
      return super.write(...args);
    }
  })({ partitions, groups, waiters, wire: environment.wire });
  const producerIds = new ProducerIds(async () => ({ reply: { start: 100, length: 100 } }));
  const peers = { send: async () => ({ errorCode: errors.BROKER_NOT_AVAILABLE.code }) };
  const delivery = new MarkerDelivery({ ...rooms, nodeId: 1, markers: transactionMarkers, peers });
  const transactions = transactionShards({ ...rooms, producerIds, delivery });
  partitions.apply(emptyImage, image);
  for (const shards of [groups, transactions]) shards.publish(emptyImage, image);
  if (loaded) await settled();
  return { nodeId: 1, image, config, environment, partitions, groups, transactions, transactionMarkers, producerIds };
}
