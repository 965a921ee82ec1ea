/** Every fault, in the order in which `npm run torture:cluster` goes through them. */
import {
  allKilled,
  controllerKilled,
  controllerPausedForLong,
  killedInTurn,
  leaderKilled,
  leaderPausedForLong,
  leaderPausedShortly,
  rollingRestart,
} from "./broker-faults.js";
import { diskFull } from "./disk-faults.js";
import { etcdAway, etcdLeaderKilled, etcdLeaderPaused, leaderKilledAfterEtcdCameBack } from "./etcd-faults.js";
import type { Fault } from "./fault.js";
import {
  brokerCutFromEtcd,
  controllerCutFromEtcd,
  controllerCutFromPeers,
  controllerCutOff,
  hostCutOff,
  peersCutOff,
  receivingIsLost,
  sendingIsLost,
} from "./network-faults.js";

/** By the names that the command takes. */
export const allFaults: Readonly<Record<string, Fault>> = {
  leaderKilled,
  controllerKilled,
  allKilled,
  killedInTurn,
  leaderPausedShortly,
  leaderPausedForLong,
  controllerPausedForLong,
  rollingRestart,
  etcdLeaderKilled,
  etcdLeaderPaused,
  etcdAway,
  leaderKilledAfterEtcdCameBack,
  diskFull,
  hostCutOff,
  controllerCutOff,
  peersCutOff,
  sendingIsLost,
  receivingIsLost,
  brokerCutFromEtcd,
  controllerCutFromEtcd,
  controllerCutFromPeers,
};
