/** AssignReplicasToDirs: a broker says in which of its folders replicas lie; one that has failed leads nothing (KIP-858). */
import type { MetadataImage } from "../../../metadata/image/image.js";
import type { MetadataRecord } from "../../../metadata/records/metadata-record.js";
import { errors } from "../../../protocol/errors.js";
import type { ControllerSettings, ControllerState, ControllerTypes, Decided } from "../controller-types.js";
import { directoryIds } from "../partitions/directory-ids.js";
import { LeaderRules } from "../partitions/leader-rules.js";

type Request = ControllerTypes["Calls"]["assignReplicasToDirs"]["request"];

interface Place {
  readonly brokerId: number;
  readonly directoryId: string;
}

export function decideAssignReplicas(
  { image }: Readonly<ControllerState>,
  { brokerId, brokerEpoch, directories }: Request,
  { configRules }: ControllerSettings,
): Decided<"assignReplicasToDirs"> {
  if (image.brokers.get(brokerId)?.epoch !== brokerEpoch) {
    return { records: [], reply: { errorCode: errors.STALE_BROKER_EPOCH.code, directories: [] } };
  }
  const rules = new LeaderRules(image, configRules);
  const records: MetadataRecord[] = [];
  const results = directories.map(({ id, topics }) => ({
    id,
    topics: topics.map(({ topicId, partitions }) => ({
      topicId,
      partitions: partitions.map(({ partitionIndex }) => {
        const place = { brokerId, directoryId: id };
        const { errorCode, changes } = assign(image, rules, place, topicId, partitionIndex);
        records.push(...changes);
        return { partitionIndex, errorCode };
      }),
    })),
  }));
  return { records, isDivisible: true, reply: { errorCode: errors.NONE.code, directories: results } };
}

function assign(
  image: MetadataImage,
  rules: LeaderRules,
  { brokerId, directoryId }: Place,
  topicId: string,
  partitionId: number,
): { readonly errorCode: number; readonly changes: readonly MetadataRecord[] } {
  const topic = image.topicsById.get(topicId);
  if (topic === undefined) return { errorCode: errors.UNKNOWN_TOPIC_ID.code, changes: [] };
  const partition = topic.partitions[partitionId];
  if (partition === undefined) return { errorCode: errors.UNKNOWN_TOPIC_OR_PARTITION.code, changes: [] };
  const at = partition.replicas.indexOf(brokerId);
  if (at === -1) return { errorCode: errors.NOT_LEADER_OR_FOLLOWER.code, changes: [] };
  const directories = partition.replicas.map((_, i) =>
    i === at ? directoryId : (partition.directories[i] ?? directoryIds.UNASSIGNED),
  );
  const works = image.brokers.get(brokerId)?.logDirs.includes(directoryId) === true;
  const wanted = works ? {} : { isr: partition.isr.filter((replica) => replica !== brokerId) };
  return { errorCode: errors.NONE.code, changes: rules.change(topic, partitionId, { directories, ...wanted }) };
}
