/** ElectLeaders: leadership goes back to the preferred replica, or to any that lives where none is in sync (KIP-460). */
import type { MetadataImage } from "../../../metadata/image/image.js";
import type { MetadataRecord } from "../../../metadata/records/metadata-record.js";
import { type ApiError, apiError, errors, noError } from "../../../protocol/errors.js";
import type { ControllerSettings, ControllerState, ControllerTypes, Decided } from "../controller-types.js";
import { LeaderRules } from "./leader-rules.js";
import { NO_LEADER } from "./partition-change.js";

type Request = ControllerTypes["Calls"]["electLeaders"]["request"];

/** As numbered on the wire. */
const electionTypes = { PREFERRED: 0, UNCLEAN: 1 } as const;

const electionNotNeeded = apiError("ELECTION_NOT_NEEDED", "Leader election not needed for topic partition.");
const preferredNotAvailable = apiError("PREFERRED_LEADER_NOT_AVAILABLE", "The preferred leader was not available.");
const nobodyAlive = apiError("ELIGIBLE_LEADERS_NOT_AVAILABLE", "Eligible topic partition leaders are not available.");

interface Election {
  readonly records: readonly MetadataRecord[];
  readonly error: ApiError;
}

export function decideElectLeaders(
  { image }: Readonly<ControllerState>,
  { electionType, topicPartitions }: Request,
  { configRules }: ControllerSettings,
): Decided<"electLeaders"> {
  if (electionType !== electionTypes.PREFERRED && electionType !== electionTypes.UNCLEAN) {
    return refused(topicPartitions ?? [], apiError("INVALID_REQUEST", `Unknown election type ${electionType}`));
  }
  const rules = new LeaderRules(image, configRules);
  const records: MetadataRecord[] = [];
  const asked = topicPartitions ?? everyPartition(image);
  const replicaElectionResults = asked.map(({ topic, partitions }) => ({
    topic,
    partitionResult: partitions.flatMap((partitionId) => {
      const election = elect(image, rules, electionType, topic, partitionId);
      records.push(...election.records);
      // Who asks for all partitions is told only of those where there was something to do.
      const isNews = election.error.errorCode !== errors.ELECTION_NOT_NEEDED.code;
      return topicPartitions !== null || isNews ? [{ partitionId, ...election.error }] : [];
    }),
  }));
  return {
    records,
    isDivisible: true,
    reply: { errorCode: errors.NONE.code, replicaElectionResults },
  };
}

function refused(asked: NonNullable<Request["topicPartitions"]>, error: ApiError): Decided<"electLeaders"> {
  const replicaElectionResults = asked.map(({ topic, partitions }) => ({
    topic,
    partitionResult: partitions.map((partitionId) => ({ partitionId, ...error })),
  }));
  return { records: [], reply: { errorCode: error.errorCode, replicaElectionResults } };
}

function everyPartition({ topicsByName }: MetadataImage): NonNullable<Request["topicPartitions"]> {
  return [...topicsByName.values()].map(({ name, partitions }) => ({
    topic: name,
    partitions: [...partitions.keys()],
  }));
}

function elect(
  image: MetadataImage,
  rules: LeaderRules,
  electionType: number,
  topicName: string,
  partitionId: number,
): Election {
  const refuse = (error: ApiError): Election => ({ records: [], error });
  const topic = image.topicsByName.get(topicName);
  if (topic === undefined) return refuse(apiError("UNKNOWN_TOPIC_OR_PARTITION", `No such topic as ${topicName}`));
  const partition = topic.partitions[partitionId];
  if (partition === undefined) {
    return refuse(apiError("UNKNOWN_TOPIC_OR_PARTITION", `No such partition as ${topicName}-${partitionId}`));
  }
  const isUnclean = electionType === electionTypes.UNCLEAN;
  const isDone = isUnclean ? partition.leader !== NO_LEADER : partition.leader === partition.replicas[0];
  if (isDone) return refuse(electionNotNeeded);
  const occasion = { isPreferred: !isUnclean, isUncleanAllowed: isUnclean };
  const records = rules.change(topic, partitionId, {}, occasion);
  if (records.length === 0) return refuse(isUnclean ? nobodyAlive : preferredNotAvailable);
  return { records, error: noError };
}
