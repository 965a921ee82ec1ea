/** AlterPartition: a leader proposes who is in sync with it; what holds is written down (KIP-497, KIP-841, KIP-903). */
import type { MetadataImage, PartitionImage, TopicImage } from "../../../metadata/image/image.js";
import { changedPartition } from "../../../metadata/image/replay-partition.js";
import type { MetadataRecord } from "../../../metadata/records/metadata-record.js";
import { type ErrorName, errors } from "../../../protocol/errors.js";
import type { ControllerSettings, ControllerState, ControllerTypes, Decided } from "../controller-types.js";
import { isActive } from "../state.js";
import { LeaderRules } from "./leader-rules.js";
import { leaderRecovery } from "./partition-change.js";

type Request = ControllerTypes["Calls"]["alterPartition"]["request"];
type Proposal = Request["topics"][number]["partitions"][number];
type Result = Decided<"alterPartition">["reply"]["topics"][number]["partitions"][number];

interface Replica {
  readonly brokerId: number;
  /** -1: the leader does not know it. */
  readonly brokerEpoch: number;
}

export function decideAlterPartition(
  { image }: Readonly<ControllerState>,
  { brokerId, brokerEpoch, topics: asked }: Request,
  { configRules }: ControllerSettings,
): Decided<"alterPartition"> {
  if (image.brokers.get(brokerId)?.epoch !== brokerEpoch) {
    return { records: [], reply: { errorCode: errors.STALE_BROKER_EPOCH.code, topics: [] } };
  }
  const rules = new LeaderRules(image, configRules);
  const records: MetadataRecord[] = [];
  const topics = asked.map(({ topicId, partitions }) => {
    const topic = image.topicsById.get(topicId);
    const results = partitions.map((proposal) => {
      if (topic === undefined) return refused(proposal, "UNKNOWN_TOPIC_ID");
      const { result, record } = alter(image, rules, brokerId, topic, proposal);
      if (record !== null) records.push(record);
      return result;
    });
    return { topicId, partitions: results };
  });
  return { records, isDivisible: true, reply: { errorCode: errors.NONE.code, topics } };
}

function alter(
  image: MetadataImage,
  rules: LeaderRules,
  brokerId: number,
  topic: TopicImage,
  proposal: Proposal,
): { readonly result: Result; readonly record: MetadataRecord | null } {
  const { partitionIndex, leaderRecoveryState } = proposal;
  const before = topic.partitions[partitionIndex];
  if (before === undefined) return { result: refused(proposal, "UNKNOWN_TOPIC_OR_PARTITION"), record: null };
  const newIsr = replicasIn(proposal);
  const refusal = refuse(before, brokerId, newIsr, proposal) ?? refuseReplicas(image, newIsr);
  if (refusal !== null) return { result: refused(proposal, refusal), record: null };
  const wanted = { isr: newIsr.map((replica) => replica.brokerId), leaderRecoveryState };
  const [record = null] = rules.change(topic, partitionIndex, wanted);
  if (record?.name !== "PartitionChangeRecord") return { result: accepted(partitionIndex, before), record };
  const after = changedPartition(before, record.data);
  // The proposal has ended a move, and the leader was among those that went: it has to look at the metadata again.
  const hasToGo = after.leader !== brokerId;
  return { result: hasToGo ? refused(proposal, "NEW_LEADER_ELECTED") : accepted(partitionIndex, after), record };
}

/** Before version 3 the epochs of the brokers are left out. */
function replicasIn({ newIsr, newIsrWithEpochs }: Proposal): readonly Replica[] {
  return newIsrWithEpochs.length > 0 ? newIsrWithEpochs : newIsr.map((brokerId) => ({ brokerId, brokerEpoch: -1 }));
}

function refuse(
  before: PartitionImage,
  brokerId: number,
  newIsr: readonly Replica[],
  { leaderEpoch, partitionEpoch, leaderRecoveryState }: Proposal,
): ErrorName | null {
  // Who knows more than this controller has heard it from another one.
  if (leaderEpoch > before.leaderEpoch || partitionEpoch > before.partitionEpoch) return "NOT_CONTROLLER";
  if (leaderEpoch < before.leaderEpoch) return "FENCED_LEADER_EPOCH";
  if (brokerId !== before.leader) return "INVALID_REQUEST";
  if (partitionEpoch < before.partitionEpoch) return "INVALID_UPDATE_VERSION";
  const ids = new Set(newIsr.map((replica) => replica.brokerId));
  const isSubset = ids.size === newIsr.length && newIsr.every((replica) => before.replicas.includes(replica.brokerId));
  if (!isSubset || !ids.has(brokerId)) return "INVALID_REQUEST";
  return refuseRecovery(before, newIsr, leaderRecoveryState);
}

/** KIP-704: a leader recovers by itself, once. */
function refuseRecovery(
  { leaderRecoveryState: before }: PartitionImage,
  newIsr: readonly Replica[],
  after: number,
): ErrorName | null {
  if (after === leaderRecovery.RECOVERED) return null;
  if (after !== leaderRecovery.RECOVERING || newIsr.length > 1) return "INVALID_REQUEST";
  return before === leaderRecovery.RECOVERED ? "INVALID_REQUEST" : null;
}

/** Only a broker that serves, and in the very run that the leader saw, can be in sync. */
function refuseReplicas({ brokers }: MetadataImage, newIsr: readonly Replica[]): ErrorName | null {
  const isEligible = ({ brokerId, brokerEpoch }: Replica) => {
    const broker = brokers.get(brokerId);
    return isActive(broker) && (brokerEpoch === -1 || brokerEpoch === broker?.epoch);
  };
  return newIsr.every(isEligible) ? null : "INELIGIBLE_REPLICA";
}

function accepted(partitionIndex: number, partition: PartitionImage): Result {
  const { leader: leaderId, leaderEpoch, isr, leaderRecoveryState, partitionEpoch } = partition;
  return {
    partitionIndex,
    errorCode: errors.NONE.code,
    leaderId,
    leaderEpoch,
    isr,
    leaderRecoveryState,
    partitionEpoch,
  };
}

/** Apache Kafka leaves all else at zero and empty. */
function refused({ partitionIndex }: Proposal, error: ErrorName): Result {
  return { partitionIndex, errorCode: errors[error].code, leaderId: 0, leaderEpoch: 0, isr: [], partitionEpoch: 0 };
}
