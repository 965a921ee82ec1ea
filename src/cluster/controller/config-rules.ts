import type { ApiError } from "../../protocol/errors.js";

/** What the controller must know of configuration properties, as a port: the broker joins it to its definitions. */
export interface ConfigRules {
  /** What is wrong with all that would be set on a resource, in Apache Kafka's words; null: nothing. */
  problem(resourceType: number, resourceName: string, configs: ReadonlyMap<string, string>): ApiError | null;
  /** Whether the property is a list, to which one can append. */
  isList(resourceType: number, name: string): boolean;
  /** What holds where the property is not set; null: nothing. */
  defaultOf(resourceType: number, name: string): string | null;
  /** The whole configuration of a topic on which `configs` are set, for the answer of CreateTopics (KIP-525). */
  describeTopic(configs: ReadonlyMap<string, string>): readonly DescribedTopicConfig[];
}

interface DescribedTopicConfig {
  readonly name: string;
  readonly value: string | null;
  readonly readOnly: boolean;
  /** As numbered on the wire. */
  readonly configSource: number;
  readonly isSensitive: boolean;
}
