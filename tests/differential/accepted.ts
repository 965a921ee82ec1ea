/**
 * Where Samsa answers otherwise than Apache Kafka, and means to. Each line says where and why; a line that a full run
 * does not meet is reported, so that the list cannot outlive its reasons.
 */
import type { Difference } from "./compare.js";
import { firstVersions } from "./dropped-versions.js";

export interface Accepted {
  /** Without it any scenario. */
  readonly scenario?: string;
  /** The request, such as `ApiVersions 4`; without it any request. */
  readonly title?: string;
  /** The field, with `[]` for any element of a list; fields inside it are meant as well. Empty: any field. */
  readonly path: string;
  /** Which difference in that field; without it any. */
  readonly when?: (difference: Difference) => boolean;
  readonly reason: string;
}

/** APIs of Apache Kafka 4.3 that Samsa does not serve yet, so does not advertise. */
const notServedYet = new Set([
  ...[88, 89], // the streams group protocol
  ...[76, 77, 78, 79, 83, 84, 85, 86, 87, 90, 91, 92], // share groups
]);

function isApiNotServedYet({ path, samsa }: Difference): boolean {
  const key = /^apiKeys\[apiKey=(\d+)\]$/.exec(path)?.[1];
  return samsa === undefined && key !== undefined && notServedYet.has(Number(key));
}

function isDroppedByApache({ path, apache, samsa }: Difference): boolean {
  const key = /^apiKeys\[apiKey=(\d+)\]/.exec(path)?.[1];
  return key !== undefined && samsa === 0 && apache === firstVersions.get(Number(key));
}

export const accepted: readonly Accepted[] = [
  { path: "apiKeys[]", when: isApiNotServedYet, reason: "what is not served is not advertised" },
  {
    scenario: "unknown-versions",
    title: "ApiVersions 99",
    path: "apiKeys[]",
    when: ({ apache }) => apache === undefined,
    reason: "Samsa lists every API, so that a client too new for it need not ask again",
  },
  {
    path: "apiKeys[].minVersion",
    when: isDroppedByApache,
    reason: "clients before 0.11 are served as well, with versions that Apache Kafka 4 has dropped",
  },
  {
    path: "supportedFeatures[]",
    reason: "features of rooms that are not built yet, and of metadata versions that Samsa never wrote",
  },
  {
    path: "finalizedFeatures[]",
    when: ({ samsa }) => samsa === undefined,
    reason: "features of rooms that are not built yet",
  },
  {
    path: "topics[].configs[].configSource",
    when: ({ path }) => path.includes("[name=min.insync.replicas]"),
    reason: "with its eligible leader replicas Apache Kafka writes min.insync.replicas down for the whole cluster",
  },
  {
    path: "results[].configs[]",
    when: ({ path }) => path.includes("[name=min.insync.replicas]"),
    reason: "with its eligible leader replicas Apache Kafka writes min.insync.replicas down for the whole cluster",
  },
  {
    path: "responses[].partitionResponses[].errorMessage",
    when: ({ apache }) => apache === null,
    reason: "a sentence that helps where Apache Kafka gives the bare code",
  },
  {
    scenario: "incremental-alter-configs",
    path: "responses[]",
    when: ({ apache, samsa }) => apache === -1 || (apache === null && typeof samsa === "string"),
    reason: "an unknown operation is an uncaught exception in Apache Kafka, an INVALID_REQUEST here",
  },
  {
    scenario: "describe-configs",
    path: "results[].configs[].synonyms[]",
    when: ({ path }) => path.includes("[name=node.id]"),
    reason: "node.id has a default here, so that one node needs no setting",
  },
  {
    path: "responses[].partitions[].records[]",
    when: ({ apache }) => typeof apache === "string" && apache.endsWith("torn"),
    reason: "Samsa ends with a whole batch; clients throw a torn one away",
  },
  {
    scenario: "describe-topic-partitions",
    path: "topics[]",
    when: ({ path }) => /\[(topicId=zero|name=with space)\]/.test(path),
    reason: "an illegal topic name is an uncaught exception in Apache Kafka, an INVALID_TOPIC_EXCEPTION here",
  },
];

export function acceptanceOf(scenario: string, difference: Difference): Accepted | undefined {
  const path = difference.path.replace(/\[[^\]]*\]/g, "[]");
  return accepted.find(
    (line) =>
      (line.scenario ?? scenario) === scenario &&
      (line.title ?? difference.title) === difference.title &&
      path.startsWith(line.path) &&
      (line.when?.(difference) ?? true),
  );
}
