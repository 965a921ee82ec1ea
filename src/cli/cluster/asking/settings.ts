/** The settings that a move needs of topics and brokers: throttles (KIP-73), and how many replicas must be in sync. */
import { configResource } from "../../../metadata/image/image.js";
import { errors } from "../../../protocol/errors.js";
import { DescribeConfigs } from "../../../protocol/messages/32-describe-configs.js";
import { IncrementalAlterConfigs } from "../../../protocol/messages/44-incremental-alter-configs.js";
import { type Admin, CommandFailure, refusal } from "./admin.js";

export const MIN_IN_SYNC = "min.insync.replicas";
export const LEADER_RATE = "leader.replication.throttled.rate";
export const FOLLOWER_RATE = "follower.replication.throttled.rate";
export const LEADER_REPLICAS = "leader.replication.throttled.replicas";
export const FOLLOWER_REPLICAS = "follower.replication.throttled.replicas";

/** In one request. */
const TOPICS_AT_ONCE = 500;
/** Operations of IncrementalAlterConfigs. */
const [SET, DELETE] = [0, 1];

/** By property; null: it is taken away. */
export type Values = Readonly<Record<string, string | null>>;

/** The values of a property by topic. A topic that is gone by now is left out. */
export async function topicSettings(
  admin: Admin,
  topics: readonly string[],
  property: string,
): Promise<ReadonlyMap<string, string>> {
  const values = new Map<string, string>();
  for (const some of chunks(topics)) {
    const resources = some.map((resourceName) => {
      return { resourceType: configResource.topic, resourceName, configurationKeys: [property] };
    });
    const { results } = await admin.ask(DescribeConfigs, { resources });
    for (const { resourceName, errorCode, configs } of results) {
      const value = configs.find(({ name }) => name === property)?.value;
      if (errorCode === errors.NONE.code && typeof value === "string") values.set(resourceName, value);
    }
  }
  return values;
}

/** Whether a rate is set on this broker; false also where it does not answer. */
export async function isThrottled(admin: Admin, brokerId: number): Promise<boolean> {
  const resource = { resourceType: configResource.broker, resourceName: String(brokerId) };
  const configurationKeys = [LEADER_RATE, FOLLOWER_RATE];
  const answer = await admin.askBroker(brokerId, DescribeConfigs, { resources: [{ ...resource, configurationKeys }] });
  return (answer?.results ?? []).some(({ configs }) => configs.some(({ value }) => value !== null));
}

export async function changeTopics(admin: Admin, topics: ReadonlyMap<string, Values>): Promise<void> {
  for (const some of chunks([...topics])) {
    const resources = some.map(([name, values]) => resourceOf(configResource.topic, name, values));
    const { responses } = await admin.ask(IncrementalAlterConfigs, { resources, validateOnly: false });
    for (const { errorCode, errorMessage, resourceName } of responses) {
      // A topic that was deleted meanwhile needs no throttle.
      if (errorCode === errors.NONE.code || errorCode === errors.UNKNOWN_TOPIC_OR_PARTITION.code) continue;
      throw refusal(`Changing the configuration of the topic ${resourceName}`, errorCode, errorMessage);
    }
  }
}

/** Only the broker itself takes settings for itself. */
export async function changeBrokers(admin: Admin, brokerIds: Iterable<number>, values: Values): Promise<void> {
  for (const id of brokerIds) {
    const resources = [resourceOf(configResource.broker, String(id), values)];
    const answer = await admin.askBroker(id, IncrementalAlterConfigs, { resources, validateOnly: false });
    if (answer === null) throw new CommandFailure(`Broker ${id} does not answer.`);
    for (const { errorCode, errorMessage } of answer.responses) {
      if (errorCode === errors.NONE.code) continue;
      throw refusal(`Changing the configuration of broker ${id}`, errorCode, errorMessage);
    }
  }
}

function resourceOf(resourceType: number, resourceName: string, values: Values) {
  const configs = Object.entries(values).map(([name, value]) => {
    return { name, configOperation: value === null ? DELETE : SET, value };
  });
  return { resourceType, resourceName, configs };
}

function* chunks<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < all.length; at += TOPICS_AT_ONCE) yield all.slice(at, at + TOPICS_AT_ONCE);
}
