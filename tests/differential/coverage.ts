/**
 * Which versions and error codes of the advertised APIs the scenarios have exercised on both brokers. What docs/generated
 * tells of it is kept in `coverage.json`, which a whole run with `--coverage` writes, so that nobody needs a broker to
 * make the docs.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { errors } from "../../src/protocol/errors.js";
import type { Api } from "../../src/protocol/schema/message.js";
import { formatVersions } from "../../src/protocol/schema/versions.js";
import { comparableVersions } from "../requests/comparable-versions.js";
import { inRepository } from "../support/repository.js";
import { errorCodesIn } from "./error-codes.js";
import { expectedErrors } from "./expected-errors.js";
import type { Exchange } from "./recording-connection.js";

/** By the name of an API. */
export type StoredCoverage = Readonly<Record<string, CoveredApi>>;

interface CoveredApi {
  /** Rising. */
  readonly versions: readonly number[];
  /** Why its answers differ where they differ and mean to; sorted. */
  readonly differs: readonly string[];
}

const file = inRepository("tests", "differential", "coverage.json");
const nameOf = new Map(Object.entries(errors).map(([name, { code }]) => [code as number, name]));

export class Coverage {
  readonly #versions = new Map<string, Set<number>>();
  readonly #errorCodes = new Map<string, Set<number>>();
  readonly #reasons = new Map<string, Set<string>>();

  add(exchanges: readonly Exchange[]): void {
    for (const { api, version, answer } of exchanges) {
      setOf(this.#versions, api.name).add(version);
      if (!("body" in answer)) continue;
      for (const code of errorCodesIn(answer.body)) setOf(this.#errorCodes, api.name).add(code);
    }
  }

  addAccepted(apiName: string, reason: string): void {
    setOf(this.#reasons, apiName).add(reason);
  }

  /** The versions and errors that were to be seen and were not, one line for each API. */
  missing(): string[] {
    return comparableVersions.flatMap(({ api, versions }) => {
      const unseen = versions.filter((version) => !setOf(this.#versions, api.name).has(version));
      const lines = unseen.length === 0 ? [] : [`${api.name}: versions ${unseen.join(", ")}`];
      const names = this.#missingErrors(api);
      return names.length === 0 ? lines : [...lines, `${api.name}: ${names.join(", ")}`];
    });
  }

  #missingErrors({ name }: Api): readonly string[] {
    const seen = setOf(this.#errorCodes, name);
    return (expectedErrors[name] ?? []).filter((error) => !seen.has(errors[error].code));
  }

  print(): void {
    let [pairs, covered, errorPairs] = [0, 0, 0];
    for (const { api, versions } of comparableVersions) {
      const seen = setOf(this.#versions, api.name);
      const codes = [...setOf(this.#errorCodes, api.name)].filter((code) => code !== 0);
      const names = codes.map((code) => nameOf.get(code) ?? String(code)).sort();
      pairs += versions.length;
      covered += versions.filter((version) => seen.has(version)).length;
      errorPairs += codes.length;
      const range = formatVersions({ first: versions[0] ?? 0, last: versions.at(-1) ?? -1 });
      const expected: readonly string[] = expectedErrors[api.name] ?? [];
      const more = names.filter((name) => !expected.includes(name));
      const rest = more.length === 0 ? "" : `; not expected: ${more.join(", ")}`;
      console.log(`${api.name} ${range}: ${names.length === 0 ? "no error" : names.join(", ")}${rest}`);
    }
    console.log(`coverage: ${covered} of ${pairs} pairs of API and version, ${errorPairs} pairs of API and error code`);
  }

  /** What of it is kept. */
  stored(): StoredCoverage {
    const names = [...this.#versions.keys()].sort();
    return Object.fromEntries(
      names.map((name) => [
        name,
        {
          versions: [...setOf(this.#versions, name)].sort((one, other) => one - other),
          differs: [...setOf(this.#reasons, name)].sort(),
        },
      ]),
    );
  }

  store(): void {
    writeFileSync(file, textOf(this.stored()));
  }

  /** Whether the run has shown what the file says. */
  isStored(): boolean {
    return textOf(this.stored()) === textOf(storedCoverage());
  }
}

export function storedCoverage(): StoredCoverage {
  return JSON.parse(readFileSync(file, "utf8"));
}

/** A line for each API. */
function textOf(coverage: StoredCoverage): string {
  const lines = Object.entries(coverage).map(
    ([name, covered]) => `  ${JSON.stringify(name)}: ${JSON.stringify(covered)}`,
  );
  return `{\n${lines.join(",\n")}\n}\n`;
}

function setOf<T>(sets: Map<string, Set<T>>, name: string): Set<T> {
  const found = sets.get(name) ?? new Set<T>();
  sets.set(name, found);
  return found;
}
