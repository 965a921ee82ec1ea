/**
 * BrokerHeartbeat: a broker tells the controller that it lives, and hears whether it may serve (KIP-631).
 *
 * 0  the first
 * 1  log directories that failed (KIP-858)
 * 2  cordoned log directories (KIP-1066)
 */
import { array, bool, id, int16, int32, offset, uuid } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const BrokerHeartbeat = api({
  key: 63,
  name: "BrokerHeartbeat",
  versions: "0-2",
  flexible: "0+",
  request: {
    brokerId: int32(),
    brokerEpoch: id({ default: -1 }),
    currentMetadataOffset: offset(),
    wantFence: bool(),
    wantShutDown: bool(),
    offlineLogDirs: array(uuid(), { versions: "1+", tag: 0, taggedVersions: "1+" }),
    cordonedLogDirs: array(uuid(), { versions: "2+", nullable: "2+", default: null, tag: 1, taggedVersions: "2+" }),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    errorCode: int16(),
    isCaughtUp: bool({ default: false }),
    isFenced: bool({ default: true }),
    shouldShutDown: bool(),
  },
});
