/** DeleteTopics: by name, or from version 6 on by id (KIP-516). */
import type { MetadataImage, TopicImage } from "../../../metadata/image/image.js";
import { type MetadataRecord, metadataRecord } from "../../../metadata/records/metadata-record.js";
import { type ApiError, apiError, noError } from "../../../protocol/errors.js";
import { ZERO_UUID } from "../../../protocol/wire/zero-uuid.js";
import type { ControllerState, ControllerTypes, Decided } from "../controller-types.js";

type Request = ControllerTypes["Calls"]["deleteTopics"]["request"];
type Result = Decided<"deleteTopics">["reply"]["responses"][number];

/** A topic as the request names it: one of the two is null. */
interface Named {
  readonly name: string | null;
  readonly id: string | null;
}

export function decideDeleteTopics(state: Readonly<ControllerState>, request: Request): Decided<"deleteTopics"> {
  const responses: Result[] = [];
  const times = new Map<TopicImage, number>();
  for (const named of wellNamed(request, responses)) {
    const topic = find(state.image, named);
    if (topic === undefined) responses.push(result(named, unknown(named)));
    else times.set(topic, (times.get(topic) ?? 0) + 1);
  }
  const records: MetadataRecord[] = [];
  for (const [topic, count] of times) {
    if (count === 1) records.push(metadataRecord("RemoveTopicRecord", { topicId: topic.id }));
    responses.push(result(topic, count === 1 ? noError : namedInBothWays));
  }
  return { records, reply: { responses } };
}

const namedInBothWays = apiError("INVALID_REQUEST", "The provided topic name maps to an ID that was already supplied.");

/** The topics that are named once and in one way; what is wrong with the others goes to `responses`. */
function wellNamed({ topics, topicNames }: Request, responses: Result[]): Named[] {
  const named: Named[] = topicNames.map((name) => ({ name, id: null }));
  for (const { name, topicId } of topics) {
    const id = topicId === ZERO_UUID ? null : topicId;
    if (name !== null && id !== null) {
      responses.push(
        result({ name, id }, apiError("INVALID_REQUEST", "You may not specify both topic name and topic id.")),
      );
    } else if (name === null && id === null) {
      responses.push(result({ name, id }, apiError("INVALID_REQUEST", "Neither topic name nor id were specified.")));
    } else {
      named.push({ name, id });
    }
  }
  const times = new Map<string, number>();
  for (const one of named) times.set(keyOf(one), (times.get(keyOf(one)) ?? 0) + 1);
  const distinct = new Map(named.map((one) => [keyOf(one), one]));
  for (const [key, one] of distinct) {
    if (times.get(key) === 1) continue;
    distinct.delete(key);
    const what = one.name === null ? "id" : "name";
    responses.push(result(one, apiError("INVALID_REQUEST", `Duplicate topic ${what}.`)));
  }
  return [...distinct.values()];
}

function keyOf({ name, id }: Named): string {
  return name === null ? `id ${id}` : `name ${name}`;
}

function find({ topicsByName, topicsById }: MetadataImage, { name, id }: Named): TopicImage | undefined {
  return name === null ? topicsById.get(id ?? ZERO_UUID) : topicsByName.get(name);
}

function unknown({ name }: Named): ApiError {
  return name === null
    ? apiError("UNKNOWN_TOPIC_ID", "This server does not host this topic ID.")
    : apiError("UNKNOWN_TOPIC_OR_PARTITION", "This server does not host this topic-partition.");
}

function result({ name, id }: Named, error: ApiError): Result {
  return { name, topicId: id ?? ZERO_UUID, ...error };
}
