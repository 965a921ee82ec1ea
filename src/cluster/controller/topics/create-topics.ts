/** CreateTopics: each topic for itself is created or refused; what is created comes at once. */
import { configResource } from "../../../metadata/image/image.js";
import { type MetadataRecord, metadataRecord } from "../../../metadata/records/metadata-record.js";
import { CLUSTER_METADATA_TOPIC, collidingName, topicNameProblem } from "../../../metadata/topic-names.js";
import { type ApiError, apiError, isApiError, noError } from "../../../protocol/errors.js";
import { ZERO_UUID } from "../../../protocol/wire/zero-uuid.js";
import type { ControllerSettings, ControllerState, ControllerTypes, Decided } from "../controller-types.js";
import {
  type Assignments,
  chooseReplicas,
  partitionRecords,
  refuseNewAssignment,
} from "../placement/new-partitions.js";
import {
  PARTITIONS_PER_REQUEST_MAX,
  RECORDS_PER_REQUEST_MAX,
  tooManyPartitions,
  tooManyRecords,
} from "./excessive-request.js";

type Request = ControllerTypes["Calls"]["createTopics"]["request"];
type TopicRequest = Request["topics"][number];
type TopicResult = Decided<"createTopics">["reply"]["topics"][number];
type State = Readonly<ControllerState>;

export function decideCreateTopics(
  state: State,
  { topics: all, validateOnly }: Request,
  settings: ControllerSettings,
): Decided<"createTopics"> {
  const { allowed, refused } = withoutDuplicates(all);
  const asked = allowed.reduce((sum, topic) => sum + partitionsAskedFor(topic, settings), 0);
  if (asked > PARTITIONS_PER_REQUEST_MAX) return allRefused(all, tooManyPartitions);
  const created = allowed.map((topic) => ({ topic, result: createTopic(state, topic, settings) }));
  const results = created.map(({ topic, result }) => (isApiError(result) ? failed(topic.name, result) : result.result));
  const records = created.flatMap(({ result }) => (isApiError(result) ? [] : result.records));
  if (records.length > RECORDS_PER_REQUEST_MAX) return allRefused(all, tooManyRecords);
  return { records: validateOnly ? [] : records, reply: { topics: [...results, ...refused] } };
}

/** Topics that are named twice, or never made by hand, are refused behind all others. */
function withoutDuplicates(topics: readonly TopicRequest[]) {
  const times = new Map<string, number>();
  for (const { name } of topics) times.set(name, (times.get(name) ?? 0) + 1);
  const refused: TopicResult[] = [];
  for (const [name, count] of times) {
    if (count > 1) refused.push(failed(name, apiError("INVALID_REQUEST", "Duplicate topic name.")));
    else if (name === CLUSTER_METADATA_TOPIC) {
      refused.push(failed(name, apiError("INVALID_REQUEST", `Creation of internal topic ${name} is prohibited.`)));
    }
  }
  const isRefused = new Set(refused.map(({ name }) => name));
  return { allowed: topics.filter(({ name }) => !isRefused.has(name)), refused };
}

function partitionsAskedFor(
  { assignments, numPartitions }: TopicRequest,
  { topicDefaults }: ControllerSettings,
): number {
  if (assignments.length > 0) return assignments.length;
  return numPartitions === -1 ? topicDefaults.numPartitions : Math.max(0, numPartitions);
}

function createTopic(
  state: State,
  topic: TopicRequest,
  settings: ControllerSettings,
): { readonly records: MetadataRecord[]; readonly result: TopicResult } | ApiError {
  const { image } = state;
  const { name } = topic;
  const nameRefusal = refuseName(state, name);
  if (nameRefusal !== null) return nameRefusal;
  const configs = readConfigs(topic, settings);
  if (isApiError(configs)) return configs;
  const assignments =
    topic.assignments.length > 0 ? assignedByHand(state, topic) : assignedHere(state, topic, settings);
  if (isApiError(assignments)) return assignments;
  const topicId = settings.random.uuid();
  return {
    records: [
      metadataRecord("TopicRecord", { name, topicId }),
      ...[...configs].map(([key, value]) =>
        metadataRecord("ConfigRecord", { resourceType: configResource.topic, resourceName: name, name: key, value }),
      ),
      ...partitionRecords(image, topicId, 0, assignments),
    ],
    result: {
      name,
      topicId,
      ...noError,
      numPartitions: assignments.length,
      replicationFactor: assignments[0]?.length ?? -1,
      configs: settings.configRules.describeTopic(configs),
    },
  };
}

function refuseName({ image, collisions }: State, name: string): ApiError | null {
  if (image.topicsByName.has(name)) return apiError("TOPIC_ALREADY_EXISTS", `Topic '${name}' already exists.`);
  const shared = collidingName(name);
  const [colliding] = shared === null ? [] : (collisions.get(shared) ?? []);
  if (colliding !== undefined) {
    return apiError("INVALID_TOPIC_EXCEPTION", `Topic '${name}' collides with existing topic: ${colliding}`);
  }
  const problem = topicNameProblem(name);
  return problem === null ? null : apiError("INVALID_TOPIC_EXCEPTION", problem);
}

/** A property that is given twice has its last value. */
function readConfigs(
  { name, configs }: TopicRequest,
  { configRules }: ControllerSettings,
): ReadonlyMap<string, string> | ApiError {
  const set = new Map<string, string>();
  const nulls: string[] = [];
  for (const { name: key, value } of configs) {
    if (value === null) nulls.push(key);
    else set.set(key, value);
  }
  if (nulls.length > 0) {
    return apiError("INVALID_CONFIG", `Null value not supported for topic configs: ${nulls.join(",")}`);
  }
  const problem = set.size === 0 ? null : configRules.problem(configResource.topic, name, set);
  return problem ?? set;
}

function assignedByHand({ image }: State, topic: TopicRequest): Assignments | ApiError {
  const given = "A manual partition assignment was specified, but";
  if (topic.replicationFactor !== -1) {
    return apiError("INVALID_REQUEST", `${given} replication factor was not set to -1.`);
  }
  if (topic.numPartitions !== -1) return apiError("INVALID_REQUEST", `${given} numPartitions was not set to -1.`);
  const byIndex = new Map<number, readonly number[]>();
  let replicationFactor: number | null = null;
  for (const { partitionIndex, brokerIds } of topic.assignments) {
    if (byIndex.has(partitionIndex)) {
      const message = `Found multiple manual partition assignments for partition ${partitionIndex}`;
      return apiError("INVALID_REPLICA_ASSIGNMENT", message);
    }
    const refusal = refuseNewAssignment(image, partitionIndex, brokerIds, replicationFactor);
    if (refusal !== null) return refusal;
    replicationFactor = brokerIds.length;
    byIndex.set(partitionIndex, brokerIds);
  }
  const assignments: (readonly number[])[] = [];
  for (let index = 0; index < byIndex.size; index++) {
    const brokerIds = byIndex.get(index);
    if (brokerIds === undefined) {
      return apiError("INVALID_REPLICA_ASSIGNMENT", "partitions should be a consecutive 0-based integer sequence");
    }
    assignments.push(brokerIds);
  }
  return assignments;
}

function assignedHere({ image }: State, topic: TopicRequest, settings: ControllerSettings): Assignments | ApiError {
  const { topicDefaults, random } = settings;
  if (topic.replicationFactor < -1 || topic.replicationFactor === 0) {
    const message = "Replication factor must be larger than 0, or -1 to use the default value.";
    return apiError("INVALID_REPLICATION_FACTOR", message);
  }
  if (topic.numPartitions < -1 || topic.numPartitions === 0) {
    return apiError("INVALID_PARTITIONS", "Number of partitions was set to an invalid non-positive value.");
  }
  const factor = topic.replicationFactor === -1 ? topicDefaults.replicationFactor : topic.replicationFactor;
  const count = topic.numPartitions === -1 ? topicDefaults.numPartitions : topic.numPartitions;
  const chosen = chooseReplicas(image, count, factor, random);
  if (!isApiError(chosen)) return chosen;
  return { ...chosen, errorMessage: `Unable to replicate the partition ${factor} time(s): ${chosen.errorMessage}` };
}

function allRefused(topics: readonly TopicRequest[], error: ApiError): Decided<"createTopics"> {
  return { records: [], reply: { topics: topics.map(({ name }) => failed(name, error)) } };
}

function failed(name: string, error: ApiError): TopicResult {
  return { name, topicId: ZERO_UUID, ...error, configs: [] };
}
