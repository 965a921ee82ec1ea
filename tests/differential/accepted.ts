/**
 * Where Samsa answers otherwise than Apache Kafka, and means to. Each line says where and why; a line that a full run
 * does not meet is reported, so that the list cannot outlive its reasons.
 */
import type { Difference } from "./compare.js";

export interface Accepted {
  readonly scenario: string;
  /** The request, such as `ApiVersions 4`. */
  readonly title: string;
  /** The field, with `[]` for any place of a list. */
  readonly path: string;
  readonly reason: string;
}

export const accepted: readonly Accepted[] = [];

export function acceptanceOf(scenario: string, difference: Difference): Accepted | undefined {
  const path = difference.path.replace(/\[\d+\]/g, "[]");
  return accepted.find(
    (line) => line.scenario === scenario && line.title === difference.title && path.startsWith(line.path),
  );
}
