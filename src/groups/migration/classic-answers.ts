/** What classic members of a consumer group are answered: the group's epochs are generations to them. */
import type { MetadataImage } from "../../metadata/image/image.js";
import { errors } from "../../protocol/errors.js";
import type { JoinGroupReply, SyncGroupCall, SyncGroupReply } from "../calls.js";
import { CONSUMER_PROTOCOL_TYPE } from "../classic/subscription.js";
import type { ConsumerMember } from "../consumer/consumer-group.js";
import type { ClassicMember } from "./classic-member.js";
import { assignmentBytes, embeddedVersion } from "./embedded-protocol.js";

/** Nobody leads: the group assigns. Each member goes by the protocol that it likes best. */
export function classicJoined({ id, epoch, classic }: ConsumerMember): JoinGroupReply {
  return {
    errorCode: errors.NONE.code,
    generationId: epoch,
    protocolType: CONSUMER_PROTOCOL_TYPE,
    protocolName: classic?.supportedProtocols[0]?.name ?? "",
    leader: "",
    memberId: id,
    members: [],
  };
}

export function classicSynced(
  { protocolType, protocolName }: SyncGroupCall,
  { assigned, classic }: ClassicMember,
  metadata: MetadataImage,
): SyncGroupReply {
  const version = embeddedVersion(classic.supportedProtocols[0]?.metadata) ?? 0;
  const partitions = [...assigned].map(([topicId, ofTopic]) => [topicId, ofTopic.keys()] as const);
  const assignment = assignmentBytes(partitions, version, metadata);
  return { errorCode: errors.NONE.code, protocolType, protocolName, assignment };
}
