/** The id that somebody wants the cluster to have: Apache Kafka's images format the storage with it. */

export interface NamedClusterId {
  readonly text: string;
  readonly variable: string;
}

const CHARACTERS_MAX = 255;
/** Blanks part arguments in the scripts that hand the id to Kafka's tools; others than ASCII and `\` they read as something else. */
const FORM = /^[!-[\]-~]+$/;
const SHOWN_CHARACTERS_MAX = 40;

/**
 * Apache Kafka makes ids of 22 characters (`kafka-storage random-uuid`), but takes any text; so do all who know that. What is
 * refused cannot stand in meta.properties so that Kafka's tools read the same, or not in an answer.
 */
export function whyNoClusterId({ text, variable }: NamedClusterId): string | null {
  if (text.length <= CHARACTERS_MAX && FORM.test(text)) return null;
  const shown = JSON.stringify(text.slice(0, SHOWN_CHARACTERS_MAX));
  return (
    `${variable}: ${shown} cannot be the id of a cluster, which is up to ${CHARACTERS_MAX} characters of ASCII without blanks ` +
    "and \\, as 4L6g3nShT-eMCtK--X86sw. A data folder that has an id already needs no such variable"
  );
}
