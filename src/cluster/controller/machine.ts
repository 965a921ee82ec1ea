/**
 * The controller: the state machine over the metadata log. It decides on its working image, which is ahead of what is
 * committed by at most what is in flight; every answer waits for the commit of all that it has seen.
 */
import {
  type CallInput,
  type Decision,
  reply,
  type StateMachine,
  type Ticket,
} from "../../coordination/state-machine.js";
import type { Instant } from "../../lib/environment.js";
import { unreachable } from "../../lib/invariant.js";
import { type MetadataRecord, metadataRecord } from "../../metadata/records/metadata-record.js";
import { decideHeartbeat, fenceSilentBroker, freshSessions, isCutOff, nextSilenceMs } from "./brokers/heartbeats.js";
import { decideRegistration } from "./brokers/registration.js";
import { decideUnregisterBroker } from "./brokers/unregister-broker.js";
import { decideAlterConfigs, decideIncrementalAlterConfigs } from "./configs/alter-configs.js";
import { decideAlterClientQuotas } from "./configs/client-quotas.js";
import { decideAlterScramCredentials } from "./configs/scram-credentials.js";
import type {
  ControllerCall,
  ControllerSettings,
  ControllerState,
  ControllerTouch,
  ControllerTypes,
  Decided,
} from "./controller-types.js";
import { firstRecords } from "./first-records.js";
import { decideAlterPartition } from "./partitions/alter-partition.js";
import { decideElectLeaders } from "./partitions/elect-leaders.js";
import { checkLeaders, nextLeaderCheckMs, nextLeaderChecks } from "./partitions/leader-check.js";
import { decideAssignReplicas } from "./placement/assign-replicas.js";
import { decideAlterReassignments, decideListReassignments } from "./placement/reassignments.js";
import { decideAllocateProducerIds } from "./producer-ids.js";
import { createState, replay, touch } from "./state.js";
import { decideCreatePartitions } from "./topics/create-partitions.js";
import { decideCreateTopics } from "./topics/create-topics.js";
import { decideDeleteTopics } from "./topics/delete-topics.js";
import { RECORDS_PER_REQUEST_MAX } from "./topics/excessive-request.js";
import { decideUpdateFeatures } from "./update-features.js";

type State = Readonly<ControllerState>;

/** KIP-868. No room for it has what brings more changes than Apache Kafka takes in one request. */
const transaction = {
  begin: metadataRecord("BeginTransactionRecord", { name: "One request" }),
  end: metadataRecord("EndTransactionRecord", {}),
  recordsMax: RECORDS_PER_REQUEST_MAX,
};

export function controllerMachine(settings: ControllerSettings): StateMachine<ControllerTypes> {
  return {
    create: createState,
    replay,
    replayMarker: () => {}, // The metadata log holds no transactions of producers.
    touch,
    transaction,
    nextDeadlineMs: (state) => Math.min(nextSilenceMs(state, settings), nextLeaderCheckMs(state)),
    decide(state, input, now) {
      switch (input.type) {
        case "call":
          return decideCall(state, input, settings, now);
        case "deadline":
          return decideDeadline(state, settings, now);
        case "loaded":
          return decision({
            records: firstRecords(state.image, settings.configRules),
            touches: [...freshSessions(state, now), ...nextLeaderChecks(settings, now)],
          });
        case "metadata":
        case "errandDone":
        case "refused":
        case "gone":
          // The controller knows metadata before anyone else, and parks nobody; who stepped down decides no more.
          return decision({ records: [], touches: [] });
        default:
          return unreachable(input);
      }
    },
  };
}

function decideDeadline(state: State, settings: ControllerSettings, now: Instant): Decision<ControllerTypes> {
  const fenced = fenceSilentBroker(state, settings, now);
  if (fenced === null) return decision(checkLeaders(state, settings, now));
  if (!isCutOff(state, settings, now)) return decision(fenced);
  // Should nobody else take over, the brokers are fenced when they are not heard in their fresh time either.
  return { records: [], touches: freshSessions(state, now), replies: [], errands: ["step down"] };
}

function decideCall(
  state: State,
  call: CallInput<ControllerTypes>,
  settings: ControllerSettings,
  now: Instant,
): Decision<ControllerTypes> {
  switch (call.name) {
    case "registerBroker":
      return answer(call.ticket, decideRegistration(state, call.request, settings, now));
    case "brokerHeartbeat":
      return answer(call.ticket, decideHeartbeat(state, call.request, settings, now));
    case "createTopics":
      return answer(call.ticket, decideCreateTopics(state, call.request, settings));
    case "deleteTopics":
      return answer(call.ticket, decideDeleteTopics(state, call.request));
    case "createPartitions":
      return answer(call.ticket, decideCreatePartitions(state, call.request, settings));
    case "alterConfigs":
      return answer(call.ticket, decideAlterConfigs(state, call.request, settings));
    case "incrementalAlterConfigs":
      return answer(call.ticket, decideIncrementalAlterConfigs(state, call.request, settings));
    case "electLeaders":
      return answer(call.ticket, decideElectLeaders(state, call.request, settings));
    case "alterPartitionReassignments":
      return answer(call.ticket, decideAlterReassignments(state, call.request, settings));
    case "listPartitionReassignments":
      return answer(call.ticket, decideListReassignments(state, call.request));
    case "alterClientQuotas":
      return answer(call.ticket, decideAlterClientQuotas(state, call.request));
    case "alterUserScramCredentials":
      return answer(call.ticket, decideAlterScramCredentials(state, call.request, settings));
    case "alterPartition":
      return answer(call.ticket, decideAlterPartition(state, call.request, settings));
    case "assignReplicasToDirs":
      return answer(call.ticket, decideAssignReplicas(state, call.request, settings));
    case "updateFeatures":
      return answer(call.ticket, decideUpdateFeatures(state, call.request, settings));
    case "unregisterBroker":
      return answer(call.ticket, decideUnregisterBroker(state, call.request, settings));
    case "allocateProducerIds":
      return answer(call.ticket, decideAllocateProducerIds(state, call.request));
    default:
      return unreachable(call);
  }
}

function answer<K extends ControllerCall>(
  ticket: Ticket<ControllerTypes["Calls"][K]["reply"]>,
  decided: Decided<K>,
): Decision<ControllerTypes> {
  const { records, touches = [] } = decided;
  const replies = [reply(ticket, decided.reply, "own records")];
  return { records, touches, isDivisible: decided.isDivisible === true, replies, errands: [] };
}

function decision(what: {
  readonly records: readonly MetadataRecord[];
  readonly touches: readonly ControllerTouch[];
}): Decision<ControllerTypes> {
  // Leaders that change of themselves: each for itself, however many there are.
  return { ...what, isDivisible: true, replies: [], errands: [] };
}
