import type { Broker } from "./broker.js";

/** One part of the bench. Its rounds are the same for both brokers, and each leaves nothing behind that the next one meets. */
export interface Part {
  readonly name: string;
  readonly title: string;
  /** What is done, and how it is measured: for the reader of the report. */
  readonly method: string;
  /** How many count. */
  readonly rounds: { readonly full: number; readonly quick: number };
  /** Once for each broker. */
  prepare(broker: Broker): Promise<void>;
  round(broker: Broker, size: RoundSize): Promise<readonly Sample[]>;
}

export interface RoundSize {
  /** A number that no other round of this broker has. */
  readonly number: number;
  readonly isQuick: boolean;
}

/** What one round found of one figure. */
export interface Sample {
  readonly what: string;
  readonly value: number;
  readonly kind: SampleKind;
}

/** What Samsa's figure has to be beside Apache Kafka's. `load`: what the load itself took, which is told only. */
export type SampleKind = "time" | "rate" | "broker CPU" | "load CPU";
