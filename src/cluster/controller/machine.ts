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
import { supportedFeatures } from "../../metadata/features.js";
import { type MetadataRecord, metadataRecord } from "../../metadata/records.js";
import { decideAlterConfigs, decideIncrementalAlterConfigs } from "./alter-configs.js";
import type {
  ControllerCall,
  ControllerSettings,
  ControllerState,
  ControllerTouch,
  ControllerTypes,
  Decided,
} from "./controller-types.js";
import { decideCreatePartitions } from "./create-partitions.js";
import { decideCreateTopics } from "./create-topics.js";
import { decideDeleteTopics } from "./delete-topics.js";
import { decideHeartbeat, fenceSilentBroker, freshSessions, nextSilenceMs } from "./heartbeats.js";
import { decideAllocateProducerIds } from "./producer-ids.js";
import { decideRegistration } from "./registration.js";
import { createState, replay, touch } from "./state.js";

type State = Readonly<ControllerState>;

export function controllerMachine(settings: ControllerSettings): StateMachine<ControllerTypes> {
  return {
    create: createState,
    replay,
    replayMarker: () => {}, // The metadata log holds no transactions of producers.
    touch,
    nextDeadlineMs: (state) => nextSilenceMs(state, settings),
    decide(state, input, now) {
      switch (input.type) {
        case "call":
          return decideCall(state, input, settings, now);
        case "deadline":
          return decision(fenceSilentBroker(state, settings, now));
        case "loaded":
          return decision({ records: firstRecords(state), touches: freshSessions(state, now) });
        case "metadata":
        case "errandDone":
        case "refused":
        case "gone":
          // The controller knows metadata before anyone else, sends no errands, and parks nobody.
          return decision({ records: [], touches: [] });
        default:
          return unreachable(input);
      }
    },
  };
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
      return answer(call.ticket, decideHeartbeat(state, call.request, now));
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
  return { records, touches, replies: [reply(ticket, decided.reply, "own records")], errands: [] };
}

function decision(what: {
  readonly records: readonly MetadataRecord[];
  readonly touches: readonly ControllerTouch[];
}): Decision<ControllerTypes> {
  return { ...what, replies: [], errands: [] };
}

/**
 * A new cluster finalizes its features, and an older one those that it did not know yet. Any other controller begins with a record that changes nothing: from its place the
 * working image learns where the log ends, which is the epoch of the next broker that registers.
 */
function firstRecords({ image }: State): MetadataRecord[] {
  const unknown = supportedFeatures.filter(({ name }) => !image.features.has(name));
  if (unknown.length === 0) return [metadataRecord("NoOpRecord", {})];
  return unknown.map(({ name, maxVersion }) =>
    metadataRecord("FeatureLevelRecord", { name, featureLevel: maxVersion }),
  );
}
