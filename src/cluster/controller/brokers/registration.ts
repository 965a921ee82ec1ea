/** A broker registers: it gets an epoch, and is fenced until its heartbeats say that it has caught up (KIP-631). */
import type { Instant } from "../../../lib/environment.js";
import type { BrokerImage, MetadataImage } from "../../../metadata/image/image.js";
import { type MetadataRecord, metadataRecord } from "../../../metadata/records/metadata-record.js";
import { type ErrorName, errors } from "../../../protocol/errors.js";
import type {
  BrokerSession,
  ControllerSettings,
  ControllerState,
  ControllerTypes,
  Decided,
} from "../controller-types.js";
import { isReservedDirectory } from "../partitions/directory-ids.js";
import { LeaderRules } from "../partitions/leader-rules.js";
import { silenceMs } from "./heartbeats.js";
import { withBroker, withoutBroker, withoutLostBroker } from "./leadership.js";

/** Without it nobody knows which metadata records the broker can read. */
const METADATA_VERSION_FEATURE = "metadata.version";

type Request = ControllerTypes["Calls"]["registerBroker"]["request"];

export function decideRegistration(
  state: Readonly<ControllerState>,
  request: Request,
  settings: ControllerSettings,
  now: Instant,
): Decided<"registerBroker"> {
  const { image } = state;
  const existing = image.brokers.get(request.brokerId);
  const isNewIncarnation = existing?.incarnationId !== request.incarnationId;
  if (request.clusterId !== settings.clusterId) return refused("INCONSISTENT_CLUSTER_ID");
  // -1 stands for nobody wherever a leader or a controller is named.
  if (request.brokerId < 0) return refused("INVALID_REQUEST");
  const refusal =
    refuseDuplicate(state, request, settings, now) ?? refuseLogDirs(image, request) ?? refuseFeatures(image, request);
  if (refusal !== null) return refused(refusal);
  if (existing !== undefined && !isNewIncarnation) return amended(state, request, existing, settings, now);
  // Where the changes are so many that they are divided, nobody shall be registered before the last one.
  const changes = afterRestart(image, existing, request, settings);
  // The epoch is the offset of the registration.
  const brokerEpoch = image.endOffset + changes.length;
  return {
    records: [...changes, registration(request, { brokerEpoch, fenced: true, inControlledShutdown: false })],
    isDivisible: true,
    touches: [{ brokerId: request.brokerId, session: heardNow(now) }],
    reply: { errorCode: errors.NONE.code, brokerEpoch },
  };
}

/**
 * KIP-966: whoever knows the epoch of its last run has ended it in order, and has all that it acknowledged. Of a broker that
 * was forgotten nobody knows.
 */
function afterRestart(
  image: MetadataImage,
  existing: BrokerImage | undefined,
  { brokerId, previousBrokerEpoch }: Request,
  { configRules }: ControllerSettings,
): MetadataRecord[] {
  const rules = new LeaderRules(image, configRules);
  const hasAll = existing !== undefined && existing.epoch === previousBrokerEpoch;
  return hasAll ? withoutBroker(image, rules, brokerId) : withoutLostBroker(image, rules, brokerId);
}

/** The same incarnation tells of itself again: it stays what it is. A folder that works again may bring back leaders. */
function amended(
  { image }: Readonly<ControllerState>,
  request: Request,
  existing: BrokerImage,
  { configRules }: ControllerSettings,
  now: Instant,
): Decided<"registerBroker"> {
  const { id, epoch, fenced, inControlledShutdown } = existing;
  const brokers = new Map(image.brokers).set(id, { ...existing, logDirs: request.logDirs });
  const rules = new LeaderRules({ brokers, configs: image.configs, features: image.features }, configRules);
  return {
    records: [
      registration(request, { brokerEpoch: epoch, fenced, inControlledShutdown }),
      ...(fenced || inControlledShutdown ? [] : withBroker(image, rules, id)),
    ],
    isDivisible: true,
    touches: [{ brokerId: request.brokerId, session: heardNow(now) }],
    reply: { errorCode: errors.NONE.code, brokerEpoch: epoch },
  };
}

function registration(
  request: Request,
  standing: { readonly brokerEpoch: number; readonly fenced: boolean; readonly inControlledShutdown: boolean },
): MetadataRecord {
  const { brokerId, incarnationId, listeners: endPoints, features, rack, logDirs } = request;
  return metadataRecord("RegisterBrokerRecord", {
    brokerId,
    incarnationId,
    endPoints,
    features,
    rack,
    logDirs,
    ...standing,
  });
}

function heardNow(now: Instant): BrokerSession {
  return { lastContactMs: now.monotonicMs, wasHeard: true, metadataOffset: -1, shutdownOffset: null };
}

function refused(error: ErrorName): Decided<"registerBroker"> {
  return { records: [], reply: { errorCode: errors[error].code } };
}

/** Another process with the same id lives. The controller's own broker need not wait: its run before has ended. */
function refuseDuplicate(
  { image, sessions }: Readonly<ControllerState>,
  { brokerId, incarnationId }: Request,
  { brokerSessionTimeoutMs, controllerId }: ControllerSettings,
  now: Instant,
): ErrorName | null {
  const existing = image.brokers.get(brokerId);
  const session = sessions.get(brokerId);
  if (existing === undefined || session === undefined || existing.incarnationId === incarnationId) return null;
  if (!session.wasHeard && brokerId === controllerId) return null;
  const untilMs = session.lastContactMs + silenceMs(session, brokerSessionTimeoutMs);
  const lives = !existing.fenced && now.monotonicMs <= untilMs;
  return lives ? "DUPLICATE_BROKER_REGISTRATION" : null;
}

/** KIP-858: a folder belongs to one broker. */
function refuseLogDirs(image: MetadataImage, { brokerId, logDirs, isMigratingZkBroker }: Request): ErrorName | null {
  if (isMigratingZkBroker) return "BROKER_ID_NOT_REGISTERED";
  const distinct = new Set(logDirs);
  if (distinct.size === 0 || distinct.size < logDirs.length || logDirs.some(isReservedDirectory))
    return "INVALID_REGISTRATION";
  for (const { id, logDirs: taken } of image.brokers.values()) {
    if (id !== brokerId && taken.some((dir) => distinct.has(dir))) return "INVALID_REGISTRATION";
  }
  return null;
}

/** A broker must know every finalized feature at its level (KIP-584). */
function refuseFeatures({ features }: MetadataImage, request: Request): ErrorName | null {
  if (!request.features.some(({ name }) => name === METADATA_VERSION_FEATURE)) return "INVALID_REGISTRATION";
  for (const [name, level] of features) {
    if (level === 0) continue;
    const range = request.features.find((feature) => feature.name === name);
    if (range === undefined || range.minSupportedVersion > level || range.maxSupportedVersion < level) {
      return "UNSUPPORTED_VERSION";
    }
  }
  return null;
}
