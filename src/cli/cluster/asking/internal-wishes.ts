/**
 * How many replicas the topics of coordinators shall have, and how many of them in sync. One that was made while there were
 * few brokers has fewer.
 */
import { groupTopic, shareTopic, transactionTopic } from "../../../broker/internal-topics.js";
import { configResource } from "../../../metadata/image/image.js";
import { DescribeConfigs } from "../../../protocol/messages/32-describe-configs.js";
import type { Admin } from "./admin.js";
import type { ClusterView } from "./cluster-view.js";

interface Wish {
  readonly replicas: number;
  /** `min.insync.replicas`; 0: nothing is said of it. */
  readonly inSync: number;
}

/** By topic. */
export type InternalWishes = ReadonlyMap<string, Wish>;

/** The properties of brokers that say so. */
const properties: readonly { readonly topic: string; readonly replicas: string; readonly inSync: string | null }[] = [
  { topic: groupTopic, replicas: "offsets.topic.replication.factor", inSync: null },
  {
    topic: transactionTopic,
    replicas: "transaction.state.log.replication.factor",
    inSync: "transaction.state.log.min.isr",
  },
  {
    topic: shareTopic,
    replicas: "share.coordinator.state.topic.replication.factor",
    inSync: "share.coordinator.state.topic.min.isr",
  },
];

/** As the first broker that answers is configured; no more replicas than there are brokers that run. */
export async function askInternalWishes(admin: Admin, { brokers }: ClusterView): Promise<InternalWishes> {
  const living = brokers.filter(({ isAlive }) => isAlive);
  const configurationKeys = properties.flatMap(({ replicas, inSync }) =>
    inSync === null ? [replicas] : [replicas, inSync],
  );
  for (const { id } of living) {
    const resource = { resourceType: configResource.broker, resourceName: String(id), configurationKeys };
    const answer = await admin.askBroker(id, DescribeConfigs, { resources: [resource] });
    if (answer === null) continue;
    const values = new Map(
      answer.results.flatMap(({ configs }) => configs.map(({ name, value }) => [name, Number(value)])),
    );
    return new Map(
      properties.map(({ topic, replicas: factor, inSync }) => {
        const replicas = Math.min(values.get(factor) ?? 0, living.length);
        return [topic, { replicas, inSync: Math.min(values.get(inSync ?? "") ?? 0, replicas) }];
      }),
    );
  }
  return new Map();
}
