/** Which names a topic may have, and which two are too much alike. */

export const CLUSTER_METADATA_TOPIC = "__cluster_metadata";

export const TOPIC_NAME_LENGTH_MAX = 249;
const LEGAL_NAME = /^[a-zA-Z0-9._-]*$/;

/** What is wrong with a topic's name, in Apache Kafka's words; null: nothing. */
export function topicNameProblem(name: string): string | null {
  const reason = illegalBecause(name);
  return reason === null ? null : `Topic name is invalid: ${reason}`;
}

function illegalBecause(name: string): string | null {
  if (name === "") return "the empty string is not allowed";
  if (name === "." || name === "..") return `'${name}' is not allowed`;
  if (name.length > TOPIC_NAME_LENGTH_MAX) {
    return `the length of '${name}' is longer than the max allowed length ${TOPIC_NAME_LENGTH_MAX}`;
  }
  if (LEGAL_NAME.test(name)) return null;
  return `'${name}' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'`;
}

/**
 * The name under which a topic's metrics would be found, or null when no other topic could have the same one:
 * metrics cannot tell `.` from `_`.
 */
export function collidingName(name: string): string | null {
  return /[._]/.test(name) ? name.replaceAll(".", "_") : null;
}
