/** The offsets of a topic go with the topic. */
import type { MetadataImage } from "../../metadata/image/image.js";
import { ZERO_UUID } from "../../protocol/wire/zero-uuid.js";
import { type Circumstances, decision, type GroupDecision } from "../group-types.js";
import type { DeletedTopic, Group, GroupsState, TopicsToForget } from "../groups-state.js";
import { offsetsOf, Tombstones } from "./tombstones.js";

/** Takes note of the new metadata, and of the deleted topics of which some group here has offsets. */
export function decideMetadata(
  state: Readonly<GroupsState>,
  before: MetadataImage,
  after: MetadataImage,
  { now }: Circumstances,
): GroupDecision {
  const metadata = { type: "metadata", metadata: after } as const;
  if (before.topicsByName === after.topicsByName) return decision({ touches: [metadata] });
  const deleted = new Map<string, DeletedTopic>();
  for (const group of state.groups.values()) {
    for (const { topic } of offsetsOf(group)) {
      const id = before.topicsByName.get(topic)?.id;
      if (id !== undefined && !after.topicsById.has(id)) deleted.set(id, { name: topic, id });
    }
  }
  if (deleted.size === 0) return decision({ touches: [metadata] });
  const topics = [...(state.topicsToForget?.topics ?? []), ...deleted.values()];
  const topicsToForget = { topics, dueMs: now.monotonicMs };
  return decision({ touches: [metadata, { type: "topicsToForget", topics: topicsToForget }] });
}

/** What does not fit into one batch follows at once in the next. */
export function decideForgetTopics(state: Readonly<GroupsState>, { topics, dueMs }: TopicsToForget): GroupDecision {
  const idsByName = new Map<string, Set<string>>();
  for (const { name, id } of topics) idsByName.set(name, (idsByName.get(name) ?? new Set()).add(id));
  const tombstones = new Tombstones();
  for (const group of state.groups.values()) {
    if (tombstones.isFull) break;
    forgetTopics(group, idsByName, tombstones);
  }
  const rest = tombstones.isFull ? { topics, dueMs } : null;
  return decision({ records: tombstones.records, touches: [{ type: "topicsToForget", topics: rest }] });
}

function forgetTopics(group: Group, idsByName: ReadonlyMap<string, Set<string>>, tombstones: Tombstones): void {
  for (const { topic, partition, committed } of offsetsOf(group)) {
    if (tombstones.isFull) return;
    const ids = idsByName.get(topic);
    // An offset with another id belongs to a topic that was made later under the same name.
    if (ids === undefined || (committed.topicId !== ZERO_UUID && !ids.has(committed.topicId))) continue;
    tombstones.offset(group.id, topic, partition);
  }
}
