/** AllocateProducerIds: brokers get producer ids in blocks, so that no two ever give out the same one (KIP-730). */
import { metadataRecord } from "../../metadata/records/metadata-record.js";
import { errors } from "../../protocol/errors.js";
import type { ControllerState, ControllerTypes, Decided } from "./controller-types.js";

const PRODUCER_IDS_PER_BLOCK = 1000;

export function decideAllocateProducerIds(
  { image }: Readonly<ControllerState>,
  { brokerId, brokerEpoch }: ControllerTypes["Calls"]["allocateProducerIds"]["request"],
): Decided<"allocateProducerIds"> {
  if (image.brokers.get(brokerId)?.epoch !== brokerEpoch) return none(errors.STALE_BROKER_EPOCH.code);
  const start = image.nextProducerId;
  const nextProducerId = start + PRODUCER_IDS_PER_BLOCK;
  if (!Number.isSafeInteger(nextProducerId)) return none(errors.UNKNOWN_SERVER_ERROR.code);
  return {
    records: [metadataRecord("ProducerIdsRecord", { brokerId, brokerEpoch, nextProducerId })],
    reply: { errorCode: errors.NONE.code, producerIdStart: start, producerIdLen: PRODUCER_IDS_PER_BLOCK },
  };
}

function none(errorCode: number): Decided<"allocateProducerIds"> {
  return { records: [], reply: { errorCode, producerIdStart: 0, producerIdLen: 0 } };
}
