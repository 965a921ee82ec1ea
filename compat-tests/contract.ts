/** What a client's program says to the suite, line by line (README.md, "The contract of a client's program"). */

/** What came of a scenario. */
export interface Said {
  readonly scenario: string;
  readonly outcome: "passed" | "failed" | "unsupported" | "skipped";
  readonly ms: number;
  readonly message: string;
}

/** A deed that only the suite can do, or that the client has no call for. */
export type Ask =
  | { readonly ask: "restart-broker" }
  | { readonly ask: "kill-broker" }
  | { readonly ask: "drop-connections" }
  | { readonly ask: "move-leader"; readonly topic: string }
  | { readonly ask: "add-partitions"; readonly topic: string; readonly count: number }
  | {
      readonly ask: "create-topic";
      readonly topic: string;
      readonly partitions: number;
      readonly replicas: number;
      readonly configs: Readonly<Record<string, string>>;
    };
