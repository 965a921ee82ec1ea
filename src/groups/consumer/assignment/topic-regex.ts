/**
 * Subscriptions by regular expression. Patterns come from clients, so the engine is RE2: it needs time in proportion to
 * pattern and text, whatever the pattern.
 */
import { RE2JS } from "re2js";

/** UTF-16 units. RE2 itself bounds repetitions, so that the compiled pattern stays in proportion. */
const PATTERN_LENGTH_MAX = 2048;
/** Topic names matched between two places where others may run. */
const NAMES_BETWEEN_YIELDS = 16;

/** What is wrong with a pattern, or null. An empty one stands for no topics. */
export function regexFailure(pattern: string): string | null {
  if (pattern.length > PATTERN_LENGTH_MAX)
    return `SubscribedTopicRegex is longer than ${PATTERN_LENGTH_MAX} characters.`;
  const compiled = compile(pattern);
  return "complaint" in compiled
    ? `SubscribedTopicRegex is not a valid regular expression: ${compiled.complaint}`
    : null;
}

/** The names that each pattern matches as a whole. */
export function* resolveRegexes(
  patterns: Iterable<string>,
  topicNames: Iterable<string>,
): Generator<void, ReadonlyMap<string, ReadonlySet<string>>, void> {
  const names = [...topicNames];
  const resolved = new Map<string, ReadonlySet<string>>();
  for (const pattern of patterns) {
    const compiled = compile(pattern);
    const matching = new Set<string>();
    for (const [i, name] of names.entries()) {
      if ("regex" in compiled && compiled.regex.matches(name)) matching.add(name);
      if (i % NAMES_BETWEEN_YIELDS === 0) yield;
    }
    resolved.set(pattern, matching);
  }
  return resolved;
}

function compile(pattern: string): { readonly regex: RE2JS } | { readonly complaint: string } {
  try {
    return { regex: RE2JS.compile(pattern) };
  } catch (error) {
    return { complaint: error instanceof Error ? error.message : String(error) };
  }
}
