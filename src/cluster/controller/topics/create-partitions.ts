/** CreatePartitions: topics grow; they never shrink (KIP-195). */
import { groupedBy } from "../../../lib/grouped-by.js";
import type { TopicImage } from "../../../metadata/image/image.js";
import type { MetadataRecord } from "../../../metadata/records/metadata-record.js";
import { type ApiError, apiError, isApiError, noError } from "../../../protocol/errors.js";
import type { ControllerSettings, ControllerState, ControllerTypes, Decided } from "../controller-types.js";
import {
  type Assignments,
  chooseReplicas,
  partitionRecords,
  refuseNewAssignment,
} from "../placement/new-partitions.js";
import { PARTITIONS_PER_REQUEST_MAX, tooManyPartitions } from "./excessive-request.js";

type Request = ControllerTypes["Calls"]["createPartitions"]["request"];
type TopicRequest = Request["topics"][number];
type Result = Decided<"createPartitions">["reply"]["results"][number];
type State = Readonly<ControllerState>;

export function decideCreatePartitions(
  state: State,
  { topics, validateOnly }: Request,
  settings: ControllerSettings,
): Decided<"createPartitions"> {
  const records: MetadataRecord[] = [];
  const results: Result[] = [];
  const duplicates: Result[] = [];
  for (const [name, [topic, ...others]] of groupedBy(topics, ({ name }) => name)) {
    if (topic === undefined) continue;
    if (others.length > 0) {
      duplicates.push({ name, ...apiError("INVALID_REQUEST", "Duplicate topic name.") });
      continue;
    }
    const added = addPartitions(state, topic, PARTITIONS_PER_REQUEST_MAX - records.length, settings);
    if (!isApiError(added)) records.push(...added);
    results.push({ name, ...(isApiError(added) ? added : noError) });
  }
  return { records: validateOnly ? [] : records, reply: { results: [...duplicates, ...results] } };
}

function addPartitions(
  { image }: State,
  { name, count, assignments: given }: TopicRequest,
  countMax: number,
  { random }: ControllerSettings,
): MetadataRecord[] | ApiError {
  const topic = image.topicsByName.get(name);
  if (topic === undefined) return apiError("UNKNOWN_TOPIC_OR_PARTITION", null);
  const existing = topic.partitions.length;
  const refusal = refuseCount(topic, count);
  if (refusal !== null) return refusal;
  const additional = count - existing;
  if (given !== null && given.length !== additional) {
    return apiError(
      "INVALID_REPLICA_ASSIGNMENT",
      `Attempted to add ${additional} additional partition(s), but only ${given.length} assignment(s) were specified.`,
    );
  }
  if (additional > countMax) return tooManyPartitions;
  const replicationFactor = topic.partitions[0]?.replicas.length ?? 1;
  const assignments =
    given === null
      ? chooseReplicas(image, additional, replicationFactor, random)
      : assignedByHand(image, existing, given, replicationFactor);
  return isApiError(assignments) ? assignments : partitionRecords(image, topic.id, existing, assignments);
}

function refuseCount({ name, partitions: { length } }: TopicImage, count: number): ApiError | null {
  if (count > length) return null;
  const message =
    count === length
      ? `Topic already has ${length} partition(s).`
      : `The topic ${name} currently has ${length} partition(s); ${count} would not be an increase.`;
  return apiError("INVALID_PARTITIONS", message);
}

function assignedByHand(
  image: State["image"],
  firstIndex: number,
  given: NonNullable<TopicRequest["assignments"]>,
  replicationFactor: number,
): Assignments | ApiError {
  for (const [i, { brokerIds }] of given.entries()) {
    const refusal = refuseNewAssignment(image, firstIndex + i, brokerIds, replicationFactor);
    if (refusal !== null) return refusal;
  }
  return given.map(({ brokerIds }) => brokerIds);
}
