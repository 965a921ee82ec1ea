/** Who is there: brokers come, are fenced and unfenced, and go (KIP-631). */
import { array, bool, id, int8, int16, int32, string, uint16, uuid } from "../../protocol/schema/fields.js";
import { recordType } from "./record-type.js";

const endPoint = { name: string(), host: string(), port: uint16(), securityProtocol: int16() };
const supportedFeature = { name: string(), minSupportedVersion: int16(), maxSupportedVersion: int16() };

/**
 * A broker, or a new incarnation of one, has registered.
 *
 * 1  controlled shutdown (KIP-841)
 * 2  migration from ZooKeeper (KIP-866)
 * 3  log directories (KIP-858)
 * 4  cordoned log directories (KIP-1066)
 */
export const RegisterBrokerRecord = recordType({
  key: 0,
  name: "RegisterBrokerRecord",
  versions: "0-4",
  fields: {
    brokerId: int32(),
    isMigratingZkBroker: bool({ versions: "2+", default: false }),
    incarnationId: uuid(),
    brokerEpoch: id(),
    endPoints: array(endPoint),
    features: array(supportedFeature),
    rack: string({ nullable: "0+" }),
    fenced: bool({ default: true }),
    inControlledShutdown: bool({ versions: "1+", default: false }),
    logDirs: array(uuid(), { versions: "3+", tag: 0, taggedVersions: "3+" }),
    cordonedLogDirs: array(uuid(), { versions: "4+", nullable: "4+", default: null, tag: 1, taggedVersions: "4+" }),
  },
});

export const UnregisterBrokerRecord = recordType({
  key: 1,
  name: "UnregisterBrokerRecord",
  versions: "0",
  fields: { brokerId: int32(), brokerEpoch: id() },
});

/** Written before metadata.version 3.3; `BrokerRegistrationChangeRecord` has taken its place. */
export const FenceBrokerRecord = recordType({
  key: 7,
  name: "FenceBrokerRecord",
  versions: "0",
  fields: { id: int32(), epoch: id() },
});

/** Written before metadata.version 3.3; `BrokerRegistrationChangeRecord` has taken its place. */
export const UnfenceBrokerRecord = recordType({
  key: 8,
  name: "UnfenceBrokerRecord",
  versions: "0",
  fields: { id: int32(), epoch: id() },
});

/**
 * What changed in a registration.
 *
 * 1  controlled shutdown (KIP-841)
 * 2  log directories (KIP-858)
 * 3  cordoned log directories (KIP-1066)
 */
export const BrokerRegistrationChangeRecord = recordType({
  key: 17,
  name: "BrokerRegistrationChangeRecord",
  versions: "0-3",
  fields: {
    brokerId: int32(),
    brokerEpoch: id(),
    /** -1: unfenced now, 0: no change, 1: fenced now. */
    fenced: int8({ tag: 0, taggedVersions: "0+" }),
    /** 0: no change, 1: in controlled shutdown now. */
    inControlledShutdown: int8({ versions: "1+", tag: 1, taggedVersions: "1+" }),
    /** Empty: no change. */
    logDirs: array(uuid(), { versions: "2+", tag: 2, taggedVersions: "2+" }),
    cordonedLogDirs: array(uuid(), { versions: "3+", nullable: "3+", default: null, tag: 3, taggedVersions: "3+" }),
  },
});

/** A controller has registered (KIP-919). */
export const RegisterControllerRecord = recordType({
  key: 27,
  name: "RegisterControllerRecord",
  versions: "0",
  fields: {
    controllerId: int32(),
    incarnationId: uuid(),
    zkMigrationReady: bool(),
    endPoints: array(endPoint),
    features: array(supportedFeature),
  },
});
