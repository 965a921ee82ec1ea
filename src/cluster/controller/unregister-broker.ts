/** UnregisterBroker: a broker that will not come back is forgotten, and what it led goes to others (KIP-631). */
import { metadataRecord } from "../../metadata/records.js";
import { apiError, noError } from "./api-error.js";
import type { ControllerSettings, ControllerState, ControllerTypes, Decided } from "./controller-types.js";
import { LeaderRules } from "./leader-rules.js";
import { withoutLostBroker } from "./leadership.js";

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
      ...withoutLostBroker(image, new LeaderRules(image, configRules), brokerId),
      metadataRecord("UnregisterBrokerRecord", { brokerId, brokerEpoch: broker.epoch }),
    ],
    isDivisible: true,
    touches: [{ brokerId, session: null }],
    reply: noError,
  };
}
