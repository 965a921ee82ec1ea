/** What the records of a broker make of it. */
import type { RecordData } from "../records/metadata-record.js";
import type { BrokerImage } from "./image.js";

export function registeredBroker(data: RecordData<"RegisterBrokerRecord">): BrokerImage {
  const { brokerId: id, brokerEpoch: epoch, endPoints: endpoints, ...same } = data;
  return { id, epoch, endpoints, ...same };
}

export function changedBroker(
  broker: BrokerImage,
  { fenced, inControlledShutdown, logDirs, cordonedLogDirs }: RecordData<"BrokerRegistrationChangeRecord">,
): BrokerImage {
  return {
    ...broker,
    fenced: fenced === 0 ? broker.fenced : fenced > 0,
    inControlledShutdown: inControlledShutdown === 0 ? broker.inControlledShutdown : true,
    logDirs: logDirs.length === 0 ? broker.logDirs : logDirs,
    cordonedLogDirs: cordonedLogDirs ?? broker.cordonedLogDirs,
  };
}
