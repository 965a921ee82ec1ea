/**
 * BrokerRegistration: a broker that has started tells the controller who and where it is (KIP-631).
 *
 * 0  the first
 * 1  migration from ZooKeeper (KIP-866)
 * 2  log directories (KIP-858)
 * 3  the broker epoch before a clean shutdown (KIP-966)
 * 4  features whose lowest supported level is 0 are listed too (KIP-584)
 */
import { array, bool, id, int16, int32, string, uint16, uuid } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const BrokerRegistration = api({
  key: 62,
  name: "BrokerRegistration",
  versions: "0-4",
  flexible: "0+",
  request: {
    brokerId: int32(),
    clusterId: string(),
    incarnationId: uuid(),
    listeners: array({ name: string(), host: string(), port: uint16(), securityProtocol: int16() }),
    features: array({ name: string(), minSupportedVersion: int16(), maxSupportedVersion: int16() }),
    rack: string({ nullable: "0+" }),
    isMigratingZkBroker: bool({ versions: "1+", default: false }),
    logDirs: array(uuid(), { versions: "2+", ignorable: true }),
    previousBrokerEpoch: id({ versions: "3+", default: -1, ignorable: true }),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    errorCode: int16(),
    brokerEpoch: id({ default: -1 }),
  },
});
