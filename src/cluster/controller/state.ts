/** What the controller keeps: what the log says, and the brokers' sessions beside it. */
import type { RecordPosition } from "../../coordination/state-machine.js";
import { ImageDraft } from "../../metadata/image/draft.js";
import { emptyImage } from "../../metadata/image/empty.js";
import type { BrokerImage } from "../../metadata/image/image.js";
import type { MetadataRecord } from "../../metadata/records/metadata-record.js";
import { collidingName } from "../../metadata/topic-names.js";
import type { ControllerState, ControllerTouch } from "./controller-types.js";

export function createState(): ControllerState {
  const never = Number.POSITIVE_INFINITY;
  const leaderChecksMs = { preferred: never, missing: never };
  return { image: new ImageDraft(emptyImage), collisions: new Map(), sessions: new Map(), leaderChecksMs };
}

export function replay(state: ControllerState, record: MetadataRecord, at: RecordPosition): void {
  const { heldBack } = state.image;
  if (record.name === "EndTransactionRecord") for (const held of heldBack ?? []) replayName(state, held);
  else if (heldBack === null) replayName(state, record);
  state.image.replay(record);
  state.image.advance(at.offset + 1, at.leaderEpoch);
}

function replayName(state: ControllerState, record: MetadataRecord): void {
  if (record.name === "TopicRecord") addName(state.collisions, record.data.name);
  if (record.name === "RemoveTopicRecord") {
    const topic = state.image.topicsById.get(record.data.topicId);
    if (topic !== undefined) removeName(state.collisions, topic.name);
  }
}

export function touch(state: ControllerState, touched: ControllerTouch): void {
  if ("leaderCheck" in touched) state.leaderChecksMs[touched.leaderCheck] = touched.dueMs;
  else if (touched.session === null) state.sessions.delete(touched.brokerId);
  else state.sessions.set(touched.brokerId, touched.session);
}

function addName(collisions: ControllerState["collisions"], topic: string): void {
  const shared = collidingName(topic);
  if (shared === null) return;
  const topics = collisions.get(shared);
  if (topics === undefined) collisions.set(shared, new Set([topic]));
  else topics.add(topic);
}

function removeName(collisions: ControllerState["collisions"], topic: string): void {
  const shared = collidingName(topic);
  const topics = shared === null ? undefined : collisions.get(shared);
  if (shared === null || topics === undefined) return;
  topics.delete(topic);
  if (topics.size === 0) collisions.delete(shared);
}

/** Whether a broker may lead: neither fenced nor on its way out. */
export function isActive(broker: BrokerImage | undefined): boolean {
  return broker !== undefined && !broker.fenced && !broker.inControlledShutdown;
}
