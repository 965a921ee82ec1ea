/**
 * Where Samsa answers otherwise than Apache Kafka, and means to. Each line says where and why; a line that a full run
 * does not meet is reported, so that the list cannot outlive its reasons.
 */
import { errors } from "../../src/protocol/errors.js";
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

/** APIs that Apache Kafka advertises only with a plugin that takes what clients push (KIP-714). */
const telemetry: ReadonlySet<string> = new Set(["apiKeys[apiKey=71]", "apiKeys[apiKey=72]"]);

const { INVALID_REQUEST, INVALID_TXN_STATE, TRANSACTION_ABORTABLE, UNSUPPORTED_VERSION } = errors;
/** Clients before KIP-890 know one word for it, later ones another. */
const wordsForAbort = new Set([
  `${TRANSACTION_ABORTABLE.code} ${INVALID_TXN_STATE.code}`,
  `${INVALID_TXN_STATE.code} ${TRANSACTION_ABORTABLE.code}`,
]);

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
    path: "apiKeys[]",
    when: ({ path, apache }) => apache === undefined && telemetry.has(path),
    reason: "the metrics of clients are kept by the broker itself, where Apache Kafka needs a plugin to take them",
  },
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
    scenario: "consumer-group-patterns",
    path: "memberEpoch",
    reason:
      "a join waits until its pattern is resolved, so it begins an epoch; in Apache Kafka only what was found does",
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
  {
    path: "coordinators[].errorCode",
    when: ({ apache, samsa }) => apache === INVALID_REQUEST.code && samsa === UNSUPPORTED_VERSION.code,
    reason: "share groups are not served yet, whatever their key looks like",
  },
  {
    scenario: "random",
    path: "",
    when: ({ path, apache, samsa }) => path.endsWith(".errorCode") && wordsForAbort.has(`${apache} ${samsa}`),
    reason: "Apache Kafka asks after several producers at once, and answers all in the words of one of their clients",
  },
];

export function acceptanceOf(
  scenario: string,
  difference: Difference,
  lines: readonly Accepted[] = accepted,
): Accepted | undefined {
  const path = difference.path.replace(/\[[^\]]*\]/g, "[]");
  return lines.find(
    (line) =>
      (line.scenario ?? scenario) === scenario &&
      (line.title ?? difference.title) === difference.title &&
      path.startsWith(line.path) &&
      (line.when?.(difference) ?? true),
  );
}
