/**
 * Heartbeats and what they lead to: a broker is fenced, unfenced, led through its shutdown, or given up when it falls
 * silent (KIP-631).
 */
import type { Instant } from "../../lib/environment.js";
import type { BrokerImage } from "../../metadata/image.js";
import { type MetadataRecord, metadataRecord, type RecordData } from "../../metadata/records.js";
import { errors } from "../../protocol/errors.js";
import type {
  BrokerSession,
  ControllerSettings,
  ControllerState,
  ControllerTouch,
  ControllerTypes,
  Decided,
} from "./controller-types.js";
import { leadsAny, withBroker, withoutBroker } from "./leadership.js";

type Request = ControllerTypes["Calls"]["brokerHeartbeat"]["request"];
type State = Readonly<ControllerState>;

/** What a broker is, or becomes by its heartbeat. */
type Standing = "fenced" | "unfenced" | "in controlled shutdown" | "may go";

export function decideHeartbeat(state: State, request: Request, now: Instant): Decided<"brokerHeartbeat"> {
  const { brokerId, brokerEpoch, currentMetadataOffset: metadataOffset } = request;
  const broker = state.image.brokers.get(brokerId);
  if (broker?.epoch !== brokerEpoch)
    return { records: [], reply: { errorCode: errors.STALE_BROKER_EPOCH.code, shouldShutDown: false } };
  const current = standingOf(broker, state.sessions.get(brokerId));
  const next = nextStanding(state, broker, current, request);
  const records = current === next ? [] : recordsFor(state, broker, next);
  const isFenced = next === "fenced" || next === "may go";
  const shutdownOffset = isFenced ? null : shutdownOffsetOf(state, brokerId, next, records.length);
  const session = { lastContactMs: now.monotonicMs, wasHeard: true, metadataOffset, shutdownOffset };
  return {
    records,
    touches: [{ brokerId, session }],
    reply: {
      errorCode: errors.NONE.code,
      isCaughtUp: isCaughtUp(broker, request),
      isFenced,
      shouldShutDown: next === "may go",
    },
  };
}

function standingOf(broker: BrokerImage, session: BrokerSession | undefined): Standing {
  if (session !== undefined && session.shutdownOffset !== null) return "in controlled shutdown";
  return broker.fenced ? "fenced" : "unfenced";
}

function nextStanding(state: State, broker: BrokerImage, current: Standing, request: Request): Standing {
  const { wantFence, wantShutDown } = request;
  switch (current) {
    case "fenced":
      if (wantShutDown) return "may go";
      return !wantFence && isCaughtUp(broker, request) ? "unfenced" : "fenced";
    case "unfenced":
      if (wantFence) return wantShutDown ? "may go" : "fenced";
      if (!wantShutDown) return "unfenced";
      return leadsAny(state.image, broker.id) ? "in controlled shutdown" : "may go";
    default:
      return !leadsAny(state.image, broker.id) && othersHaveSeen(state, broker.id) ? "may go" : current;
  }
}

/** The broker has seen its own registration, whose offset is its epoch. */
function isCaughtUp({ epoch }: BrokerImage, { currentMetadataOffset }: Request): boolean {
  return currentMetadataOffset >= epoch;
}

/** All that serve know that the broker leads nothing any more. */
function othersHaveSeen({ image, sessions }: State, brokerId: number): boolean {
  const shutdownOffset = sessions.get(brokerId)?.shutdownOffset ?? 0;
  return [...sessions].every(([id, { metadataOffset, shutdownOffset: leaving }]) => {
    const isActive = image.brokers.get(id)?.fenced === false && leaving === null;
    return !isActive || metadataOffset >= shutdownOffset;
  });
}

function shutdownOffsetOf({ image, sessions }: State, brokerId: number, next: Standing, added: number): number | null {
  if (next !== "in controlled shutdown") return null;
  return sessions.get(brokerId)?.shutdownOffset ?? image.endOffset + added - 1;
}

function recordsFor({ image }: State, broker: BrokerImage, next: Standing): MetadataRecord[] {
  switch (next) {
    case "fenced":
    case "may go":
      return broker.fenced ? [] : fencing(image, broker);
    case "unfenced":
      return [change(broker, { fenced: -1 }), ...withBroker(image, broker.id)];
    default: {
      const isKnown = broker.inControlledShutdown;
      return [...(isKnown ? [] : [change(broker, { inControlledShutdown: 1 })]), ...withoutBroker(image, broker.id)];
    }
  }
}

function fencing(image: State["image"], broker: BrokerImage): MetadataRecord[] {
  return [...withoutBroker(image, broker.id), change(broker, { fenced: 1 })];
}

function change(
  { id: brokerId, epoch: brokerEpoch }: BrokerImage,
  what: Partial<RecordData<"BrokerRegistrationChangeRecord">>,
): MetadataRecord {
  return metadataRecord("BrokerRegistrationChangeRecord", { brokerId, brokerEpoch, ...what });
}

/** When the next unfenced broker will have been silent for too long. */
export function nextSilenceMs(
  { image, sessions }: State,
  { brokerSessionTimeoutMs }: ControllerSettings,
): number | null {
  let nextMs = Number.POSITIVE_INFINITY;
  for (const [id, { lastContactMs }] of sessions) {
    if (image.brokers.get(id)?.fenced === false) nextMs = Math.min(nextMs, lastContactMs + brokerSessionTimeoutMs);
  }
  return Number.isFinite(nextMs) ? nextMs : null;
}

/** Fences one broker that has fallen silent; if there are more, the next deadline has already come. */
export function fenceSilentBroker(
  state: State,
  { brokerSessionTimeoutMs }: ControllerSettings,
  now: Instant,
): { readonly records: readonly MetadataRecord[]; readonly touches: readonly ControllerTouch[] } {
  for (const [brokerId, { lastContactMs }] of state.sessions) {
    const broker = state.image.brokers.get(brokerId);
    if (broker === undefined || broker.fenced || lastContactMs + brokerSessionTimeoutMs > now.monotonicMs) continue;
    return { records: fencing(state.image, broker), touches: [{ brokerId, session: null }] };
  }
  return { records: [], touches: [] };
}

/** A new controller gives every broker a fresh time in which to be heard. */
export function freshSessions({ image }: State, now: Instant): ControllerTouch[] {
  const session = { lastContactMs: now.monotonicMs, wasHeard: false, metadataOffset: -1, shutdownOffset: null };
  return [...image.brokers.values()].filter(({ fenced }) => !fenced).map(({ id }) => ({ brokerId: id, session }));
}
