/** UnregisterBroker: a broker that will not come back is forgotten, and what it led goes to others (KIP-631). */
import { metadataRecord } from "../../../metadata/records/metadata-record.js";
import { apiError, errors } from "../../../protocol/errors.js";
import type { ControllerSettings, ControllerState, ControllerTypes, Decided } from "../controller-types.js";
import { LeaderRules } from "../partitions/leader-rules.js";
import { withoutBroker } from "./leadership.js";

export function decideUnregisterBroker(
  { image }: Readonly<ControllerState>,
  { brokerId }: ControllerTypes["Calls"]["unregisterBroker"]["request"],
  { configRules }: ControllerSettings,
): Decided<"unregisterBroker"> {
  const broker = image.brokers.get(brokerId);
  if (broker === undefined) {
    const refusal = apiError("BROKER_ID_NOT_REGISTERED", `Broker ID ${brokerId} is not currently registered`);
    return { records: [], reply: refusal };
  }
  return {
    records: [
      // Should it come back after all, it is found out then whether it may still lead.
      ...withoutBroker(image, new LeaderRules(image, configRules), brokerId),
      metadataRecord("UnregisterBrokerRecord", { brokerId, brokerEpoch: broker.epoch }),
    ],
    isDivisible: true,
    touches: [{ brokerId, session: null }],
    reply: { errorCode: errors.NONE.code, errorMessage: "" },
  };
}
