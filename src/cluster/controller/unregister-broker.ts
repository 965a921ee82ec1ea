/** UnregisterBroker: a broker that will not come back is forgotten, and what it led goes to others (KIP-631). */
import { metadataRecord } from "../../metadata/records.js";
import { apiError, noError } from "./api-error.js";
import type { ControllerState, ControllerTypes, Decided } from "./controller-types.js";
import { withoutBroker } from "./leadership.js";

export function decideUnregisterBroker(
  { image }: Readonly<ControllerState>,
  { brokerId }: ControllerTypes["Calls"]["unregisterBroker"]["request"],
): Decided<"unregisterBroker"> {
  const broker = image.brokers.get(brokerId);
  if (broker === undefined) {
    const refusal = apiError("BROKER_ID_NOT_REGISTERED", `Broker ID ${brokerId} is not currently registered`);
    return { records: [], reply: refusal };
  }
  return {
    records: [
      ...withoutBroker(image, brokerId),
      metadataRecord("UnregisterBrokerRecord", { brokerId, brokerEpoch: broker.epoch }),
    ],
    touches: [{ brokerId, session: null }],
    reply: noError,
  };
}
