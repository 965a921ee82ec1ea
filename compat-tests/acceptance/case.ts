/**
 * An acceptance case: a real bug of another broker, told as the promise that it broke, and what would have caught it.
 * Each is a scenario of the suite, of the client that lies in this folder.
 */
import type { Kafka, KafkaConfig } from "kafkajs";
import type { WireClient } from "../../tests/support/wire-client.js";
import type { Ask } from "../contract.js";
import type { Scenario } from "../scenarios.js";

export interface AcceptanceCase extends Scenario {
  readonly origin: string;
  /** Throws when the promise is broken. */
  run(broker: BrokerUnderTest): Promise<void>;
}

/** Thrown by a case for what this broker is not set up for. */
export class Skipped extends Error {}

/** What a case can do to the broker. All that it opens is closed when it has ended. */
export interface BrokerUnderTest {
  /** As it was given: `host:port`, or several, parted by commas. */
  readonly bootstrap: string;
  /** A bare connection to this broker, or to the first of `bootstrap`. Requests are what `src/protocol` can encode. */
  connect(to?: { readonly host: string; readonly port: number }): Promise<WireClient>;
  /** kafkajs without its own retries, unless the options say otherwise. */
  kafkajs(options?: Partial<KafkaConfig>): Kafka;
  /** A name for a topic, a group or a transactional id that nothing else in this run has. */
  name(suffix?: string): string;
  /** What only the suite can do. Where it refuses, the case ends as skipped. */
  ask(deed: Ask): Promise<void>;
  /** Runs when the case has ended, however it did; the last given first. */
  atEnd(run: () => unknown): void;
}

type Declared = Pick<AcceptanceCase, "id" | "origin" | "title" | "steps" | "run"> &
  Partial<Pick<AcceptanceCase, "deeds" | "brokers" | "limitS">>;

export function acceptanceCase(declared: Declared): AcceptanceCase {
  const steps = declared.steps.trim().replaceAll(/\s+/g, " ");
  return { deeds: [], brokers: 1, limitS: 60, ...declared, steps };
}
