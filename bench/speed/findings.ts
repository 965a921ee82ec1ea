/**
 * What the rounds have found so far, in a file of its own: whatever ends a run, what came before is not lost. A later run
 * may add rows to it.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { inRepository } from "../../tests/support/repository.js";
import type { RoundOfAll } from "./comparison.js";
import type { ContenderName } from "./contender.js";
import type { Samples } from "./figures.js";

/** Whose findings they are. */
type Run = "findings" | "guard";

const fileOf = (run: Run) => inRepository(".cache", "bench", `${run}.json`);

/** Tools tell the same trouble a thousand times. */
const WHY_CHARACTERS_MAX = 1_000;

/** A row that one contender did not get through. */
export interface Failure {
  readonly row: string;
  readonly contender: ContenderName;
  readonly round: number;
  readonly why: string;
}

/** As it lies in the file. */
interface Saved {
  readonly scale: number;
  readonly rounds: readonly (readonly (readonly [ContenderName, readonly (readonly [string, Samples])[]])[])[];
  readonly failures: readonly Failure[];
}

export class Findings {
  readonly scale: number;
  readonly #file: string;
  readonly #rounds: Map<ContenderName, Map<string, Samples>>[] = [];
  #failures: Failure[] = [];

  constructor(run: Run, scale: number) {
    this.#file = fileOf(run);
    this.scale = scale;
  }

  /** What an earlier run has left, without these rows. Null: its loads had another length. */
  static ofEarlierRun(run: Run, scale: number, without: readonly string[]): Findings | null {
    const findings = new Findings(run, scale);
    if (!existsSync(findings.#file)) return findings;
    const { scale: earlier, rounds, failures }: Saved = JSON.parse(readFileSync(findings.#file, "utf8"));
    if (earlier !== scale) return null;
    for (const [number, round] of rounds.entries()) {
      for (const [contender, rows] of round) {
        for (const [row, samples] of rows) {
          if (!without.includes(row)) findings.#keep(number, contender, row, samples);
        }
      }
    }
    findings.#failures = failures.filter(({ row }) => !without.includes(row));
    return findings;
  }

  get rounds(): readonly RoundOfAll[] {
    return this.#rounds;
  }

  get failures(): readonly Failure[] {
    return this.#failures;
  }

  add(number: number, contender: ContenderName, row: string, samples: Samples): void {
    this.#keep(number, contender, row, samples);
    console.log(`round ${number + 1}, ${contender}, ${row}: ${JSON.stringify(samples)}`);
    this.#save();
  }

  addFailure(number: number, contender: ContenderName, row: string, error: unknown): void {
    const why = (error instanceof Error ? error.message : String(error)).slice(0, WHY_CHARACTERS_MAX);
    this.#failures.push({ row, contender, round: number + 1, why });
    console.error(`round ${number + 1}, ${contender}, ${row}: FAILED, ${why}`);
    this.#save();
  }

  /** What this contender has shown in this round. */
  shown(number: number, contender: ContenderName): readonly Samples[] {
    return [...(this.#rounds[number]?.get(contender)?.values() ?? [])];
  }

  #keep(number: number, contender: ContenderName, row: string, samples: Samples): void {
    while (this.#rounds.length <= number) this.#rounds.push(new Map());
    const round = this.#rounds[number];
    const rows = round?.get(contender) ?? new Map<string, Samples>();
    round?.set(contender, rows.set(row, samples));
  }

  #save(): void {
    mkdirSync(dirname(this.#file), { recursive: true });
    const rounds = this.#rounds.map((round) => [...round].map(([who, rows]) => [who, [...rows]] as const));
    const saved: Saved = { scale: this.scale, rounds, failures: this.#failures };
    writeFileSync(`${this.#file}.new`, JSON.stringify(saved));
    renameSync(`${this.#file}.new`, this.#file);
  }
}
