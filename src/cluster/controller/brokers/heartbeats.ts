/**
 * Heartbeats and what they lead to: a broker is fenced, unfenced, led through its shutdown, or given up when it falls
 * silent (KIP-631).
 */
import type { Instant } from "../../../lib/environment.js";
import type { BrokerImage } from "../../../metadata/image/image.js";
import { type MetadataRecord, metadataRecord, type RecordData } from "../../../metadata/records/metadata-record.js";
import { errors } from "../../../protocol/errors.js";
import type {
  BrokerSession,
  ControllerSettings,
  ControllerState,
  ControllerTouch,
  ControllerTypes,
  Decided,
} from "../controller-types.js";
import { LeaderRules } from "../partitions/leader-rules.js";
import { leadsAny, withBroker, withoutBroker, withoutFolders } from "./leadership.js";

type Request = ControllerTypes["Calls"]["brokerHeartbeat"]["request"];
type State = Readonly<ControllerState>;

/** Partitions that change when a broker is given up, in one turn of the loop: some ten milliseconds. */
export const CHANGES_PER_TURN_MAX = 5_000;

/** What a broker is, or becomes by its heartbeat. */
type Standing = "fenced" | "unfenced" | "in controlled shutdown" | "may go";

export function decideHeartbeat(
  state: State,
  request: Request,
  settings: ControllerSettings,
  now: Instant,
): Decided<"brokerHeartbeat"> {
  const { brokerId, brokerEpoch, currentMetadataOffset: metadataOffset } = request;
  const broker = state.image.brokers.get(brokerId);
  if (broker?.epoch !== brokerEpoch)
    return { records: [], reply: { errorCode: errors.STALE_BROKER_EPOCH.code, shouldShutDown: false } };
  const current = standingOf(broker, state.sessions.get(brokerId));
  const next = nextStanding(state, broker, current, request);
  const rules = new LeaderRules(state.image, settings.configRules);
  // A failed folder is told of in every heartbeat, so it can wait where the broker changes as a whole.
  const records =
    current === next ? foldersFailed(state, rules, broker, request) : recordsFor(state, rules, broker, next);
  const isFenced = next === "fenced" || next === "may go";
  const shutdownOffset = isFenced ? null : shutdownOffsetOf(state, brokerId, next, records.length);
  const session = { lastContactMs: now.monotonicMs, wasHeard: true, metadataOffset, shutdownOffset };
  return {
    records,
    isDivisible: true,
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
  const { wantShutDown } = request;
  const wantFence = request.wantFence || onlineFolders(broker, request).length === 0;
  switch (current) {
    case "fenced":
      if (wantShutDown) return "may go";
      // Who was on its way out comes back with a registration only.
      return !wantFence && !broker.inControlledShutdown && isCaughtUp(broker, request) ? "unfenced" : "fenced";
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

function recordsFor({ image }: State, rules: LeaderRules, broker: BrokerImage, next: Standing): MetadataRecord[] {
  switch (next) {
    case "fenced":
    case "may go":
      return broker.fenced ? [] : fencing(image, rules, broker);
    case "unfenced":
      return [change(broker, { fenced: -1 }), ...withBroker(image, rules, broker.id)];
    default: {
      const begins = broker.inControlledShutdown ? [] : [change(broker, { inControlledShutdown: 1 })];
      return [...begins, ...withoutBroker(image, rules, broker.id)];
    }
  }
}

function fencing(image: State["image"], rules: LeaderRules, broker: BrokerImage): MetadataRecord[] {
  return [...withoutBroker(image, rules, broker.id), change(broker, { fenced: 1 })];
}

function foldersFailed({ image }: State, rules: LeaderRules, broker: BrokerImage, request: Request): MetadataRecord[] {
  const logDirs = onlineFolders(broker, request);
  if (logDirs.length === 0 || logDirs.length === broker.logDirs.length) return [];
  const failed = new Set(request.offlineLogDirs);
  return [...withoutFolders(image, rules, broker.id, failed), change(broker, { logDirs })];
}

function onlineFolders({ logDirs }: BrokerImage, { offlineLogDirs }: Request): readonly string[] {
  if (offlineLogDirs.length === 0) return logDirs;
  const offline = new Set(offlineLogDirs);
  return logDirs.filter((directory) => !offline.has(directory));
}

function change(
  { id: brokerId, epoch: brokerEpoch }: BrokerImage,
  what: Partial<RecordData<"BrokerRegistrationChangeRecord">>,
): MetadataRecord {
  return metadataRecord("BrokerRegistrationChangeRecord", { brokerId, brokerEpoch, ...what });
}

/** When the next unfenced broker will have been silent for too long; infinite where there is none. */
export function nextSilenceMs({ image, sessions }: State, { brokerSessionTimeoutMs }: ControllerSettings): number {
  let nextMs = Number.POSITIVE_INFINITY;
  for (const [id, session] of sessions) {
    if (image.brokers.get(id)?.fenced !== false) continue;
    nextMs = Math.min(nextMs, session.lastContactMs + silenceMs(session, brokerSessionTimeoutMs));
  }
  return nextMs;
}

/**
 * How long a broker may be silent. When the controller dies with its broker, its partitions wait until the next one leads
 * and has missed that broker: so whoever was not heard yet has a third of the time. Brokers send a heartbeat as soon as
 * they know of a new controller.
 */
export function silenceMs({ wasHeard }: BrokerSession, brokerSessionTimeoutMs: number): number {
  return wasHeard ? brokerSessionTimeoutMs : brokerSessionTimeoutMs / 3;
}

/**
 * Fences one broker that has fallen silent; if there are more, the next deadline has already come. One that has very many
 * partitions loses them first, in several turns, so that others are served in between. Null: none is silent.
 */
export function fenceSilentBroker(
  state: State,
  { brokerSessionTimeoutMs, configRules }: ControllerSettings,
  now: Instant,
): { readonly records: readonly MetadataRecord[]; readonly touches: readonly ControllerTouch[] } | null {
  for (const [brokerId, session] of state.sessions) {
    const broker = state.image.brokers.get(brokerId);
    if (broker === undefined || broker.fenced) continue;
    if (session.lastContactMs + silenceMs(session, brokerSessionTimeoutMs) > now.monotonicMs) continue;
    const rules = new LeaderRules(state.image, configRules);
    const records = withoutBroker(state.image, rules, brokerId, CHANGES_PER_TURN_MAX);
    if (records.length >= CHANGES_PER_TURN_MAX) return { records, touches: [] };
    return { records: [...records, change(broker, { fenced: 1 })], touches: [{ brokerId, session: null }] };
  }
  return null;
}

/**
 * Whether most brokers have fallen silent at about the same time. Then this controller is cut off from them, rather than
 * each of them from everybody: another one should see. Who has not heard them in its own time does not ask that again.
 */
export function isCutOff(
  { image, sessions }: State,
  { brokerSessionTimeoutMs }: ControllerSettings,
  now: Instant,
): boolean {
  let [serving, silent] = [0, 0];
  for (const [id, { wasHeard, lastContactMs }] of sessions) {
    if (image.brokers.get(id)?.fenced !== false) continue;
    serving++;
    if (wasHeard && lastContactMs + brokerSessionTimeoutMs / 2 <= now.monotonicMs) silent++;
  }
  return silent > 1 && silent > serving / 2;
}

/** A new controller gives every broker a fresh, short time in which to be heard. */
export function freshSessions({ image }: State, now: Instant): ControllerTouch[] {
  const session = { lastContactMs: now.monotonicMs, wasHeard: false, metadataOffset: -1, shutdownOffset: null };
  return [...image.brokers.values()].filter(({ fenced }) => !fenced).map(({ id }) => ({ brokerId: id, session }));
}
