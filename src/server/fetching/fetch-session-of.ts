/** To which session a Fetch belongs, and what is told in it (KIP-227). */
import type { Broker } from "../../broker/broker.js";
import type { FetchedPartition, FetchSession, WantedTopic } from "../../cluster/replication/sessions/fetch-session.js";
import { type ErrorCode, type ErrorName, errors } from "../../protocol/errors.js";
import type { Fetch } from "../../protocol/messages/01-fetch.js";
import type { RequestOf } from "../../protocol/schema/message.js";
import type { RequestContext } from "../context.js";

type FetchRequest = RequestOf<typeof Fetch>;
type WantedPartition = WantedTopic["partitions"][number];

/** The epochs that open a session and do without one; all others go on with a session. */
const OPENING = 0;
const WITHOUT = -1;
const NO_SESSION = 0;
/** Since this version topics go by their ids. */
const TOPIC_IDS_SINCE = 13;

export type SessionOfFetch =
  /** All is said, and all is told. `opens`: from then on there is a session. */
  { readonly kind: "full"; readonly opens: boolean } | { readonly kind: "incremental"; readonly session: FetchSession };

export function sessionOf(
  { fetchSessions }: Broker,
  request: FetchRequest,
  { apiVersion }: RequestContext,
): SessionOfFetch | { readonly errorCode: ErrorCode } {
  const { sessionId, sessionEpoch, topics, forgottenTopicsData } = request;
  if (sessionEpoch === OPENING || sessionEpoch === WITHOUT) {
    // Who says all again is done with the session it had.
    fetchSessions.close(sessionId);
    return { kind: "full", opens: sessionEpoch === OPENING };
  }
  const session = fetchSessions.get(sessionId);
  if (session === undefined) return failed("FETCH_SESSION_ID_NOT_FOUND");
  if (session.nextEpoch !== sessionEpoch) return failed("INVALID_FETCH_SESSION_EPOCH");
  if (session.usesTopicIds !== apiVersion >= TOPIC_IDS_SINCE) return failed("FETCH_SESSION_TOPIC_ID_ERROR");
  if (!fetchSessions.use(session, topics, forgottenTopicsData)) {
    return session.size === 0 ? { kind: "full", opens: false } : failed("FETCH_SESSION_ID_NOT_FOUND");
  }
  session.advance();
  return { kind: "incremental", session };
}

function failed(error: ErrorName): { readonly errorCode: ErrorCode } {
  return { errorCode: errors[error].code };
}

/** The session of a follower, in which only what moves is looked at; null: all is, each time. */
export function followerSession(of: SessionOfFetch): FetchSession | null {
  return of.kind === "incremental" && of.session.isOfFollower ? of.session : null;
}

/** All that the fetcher wants, whether it says so now or has said so before; in a follower's session, what has moved. */
export function wantedIn(of: SessionOfFetch, request: FetchRequest): FetchRequest {
  if (of.kind === "full") return request;
  return { ...request, topics: of.session.isOfFollower ? of.session.takeToLookAt() : of.session.wanted() };
}

/** What a follower knows to be committed of a partition: what it was told last in its session, or says itself (KIP-1166). */
export function knownHighWatermark(of: SessionOfFetch, topic: WantedTopic, asked: WantedPartition): number {
  return of.kind === "full" ? Number(asked.highWatermark) : of.session.toldHighWatermark(topic, asked.partition);
}

/** Whether the fetcher must be told of a partition. */
export function isNews(of: SessionOfFetch, topic: WantedTopic, told: FetchedPartition): boolean {
  return of.kind === "full" || of.session.isNews(topic, told);
}

/** What a fetcher is told, topic by topic. */
interface Told {
  readonly topic: WantedTopic;
  readonly partitions: readonly FetchedPartition[];
}

/** The id for the answer, and with it the session that begins. */
export function sessionIdFor(
  of: SessionOfFetch,
  { fetchSessions }: Broker,
  { topics, replicaId, replicaState }: FetchRequest,
  { apiVersion }: RequestContext,
  told: readonly Told[],
): number {
  if (of.kind === "incremental") return of.session.id;
  if (!of.opens) return NO_SESSION;
  const session = fetchSessions.open({
    usesTopicIds: apiVersion >= TOPIC_IDS_SINCE,
    isOfFollower: replicaId >= 0 || replicaState.replicaId >= 0,
    topics,
  });
  if (session === null) return NO_SESSION;
  for (const { topic, partitions } of told) for (const one of partitions) session.isNews(topic, one);
  return session.id;
}
