import type { Contender } from "./contender.js";
import type { FigureName, Samples } from "./figures.js";

/** One row of the bench, as its report shows it. */
export interface Row {
  readonly name: string;
  readonly title: string;
  /** What is done, for the reader of the report. */
  readonly method: string;
  /** What Samsa's figure may be at most, or must be at least, as a share of Apache Kafka's. The others are only told. */
  readonly targets: Readonly<Partial<Record<FigureName, number>>>;
  /** Its figures are those of records and requests. */
  readonly isOfSmallRecords?: true;
  /** About what a round of it takes with all contenders. */
  readonly seconds: number;
}

/** A row with the same work for every contender, in a topic of its own. */
export interface Workload extends Row {
  /** The broker in memory, which has no groups of a thousand partitions nor a start to speak of, is left out. */
  readonly withoutFake?: true;
  /** It is of a broker that has done nothing yet. */
  readonly isCold?: true;
  run(contender: Contender, round: Round): Promise<Samples>;
}

interface Round {
  /** The name of a topic that nobody else uses. */
  readonly topic: string;
  /** 1 for a full round; less makes the loads shorter. */
  readonly scale: number;
  /** What the same contender has shown in this round so far. */
  readonly shown: readonly Samples[];
}
