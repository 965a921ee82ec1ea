/**
 * What is asked for twice is answered twice, as by Apache Kafka, but looked at once: else a few bytes each would have the
 * same large group described in memory a million times (ADR 29). `keyOf`: null for what is not worth remembering.
 */
export function describedOnce<Asked, Answer>(
  keyOf: (asked: Asked) => string | null,
  describe: (asked: Asked) => Answer,
): (asked: Asked) => Answer {
  const described = new Map<string, Answer>();
  return (asked) => {
    const key = keyOf(asked);
    const before = key === null ? undefined : described.get(key);
    if (before !== undefined) return before;
    const answer = describe(asked);
    if (key !== null) described.set(key, answer);
    return answer;
  };
}
