/** Compares two normalised recordings, field by field. */
import { type NormalisedExchange, type NormalisedRecording, namingFields, type Plain } from "./normalise.js";

export interface Difference {
  /** The place in the recording, from 0; −1 for the end of the scenario itself. */
  readonly exchange: number;
  readonly title: string;
  /** Such as `topics[name=one].partitions[partitionIndex=1].errorCode`; empty for the whole answer. */
  readonly path: string;
  readonly apache: Plain | undefined;
  readonly samsa: Plain | undefined;
}

/** Both say something in words to people, and the words are not the same: worth a look, never a failure. */
export function isWording({ path, apache, samsa }: Difference): boolean {
  return /([eE]rrorMessage|documentation)$/.test(path) && typeof apache === "string" && typeof samsa === "string";
}

export function compareRecordings(apache: NormalisedRecording, samsa: NormalisedRecording): Difference[] {
  const differences: Difference[] = [];
  const count = Math.max(apache.exchanges.length, samsa.exchanges.length);
  for (let exchange = 0; exchange < count; exchange += 1) {
    const [one, other] = [apache.exchanges[exchange], samsa.exchanges[exchange]];
    const title = titleOf(one, other);
    comparePlain(one?.answer, other?.answer, "", (path, left, right) =>
      differences.push({ exchange, title, path, apache: left, samsa: right }),
    );
  }
  if (apache.endedBy !== samsa.endedBy) {
    const title = "how the scenario ended";
    differences.push({ exchange: -1, title, path: "", apache: apache.endedBy, samsa: samsa.endedBy });
  }
  return differences;
}

function titleOf(one: NormalisedExchange | undefined, other: NormalisedExchange | undefined): string {
  const [left, right] = [one?.title ?? "nothing", other?.title ?? "nothing"];
  return left === right ? left : `${left} / ${right}`;
}

type OnDifference = (path: string, apache: Plain | undefined, samsa: Plain | undefined) => void;

function comparePlain(one: Plain | undefined, other: Plain | undefined, path: string, on: OnDifference): void {
  if (isList(one) && isList(other)) {
    for (const { name, left, right } of pairs(one, other)) comparePlain(left, right, `${path}[${name}]`, on);
  } else if (isObject(one) && isObject(other)) {
    for (const name of new Set([...Object.keys(one), ...Object.keys(other)])) {
      comparePlain(one[name], other[name], path === "" ? name : `${path}.${name}`, on);
    }
  } else if (one !== other) {
    on(path, one, other);
  }
}

interface Pair {
  readonly name: string;
  readonly left: Plain | undefined;
  readonly right: Plain | undefined;
}

/** Elements that name themselves meet their namesakes, so that one more on a side does not shift all the others. */
function pairs(one: readonly Plain[], other: readonly Plain[]): Pair[] {
  const [left, right] = [named(one), named(other)];
  return [...new Set([...left.keys(), ...right.keys()])].map((name) => ({
    name,
    left: left.get(name),
    right: right.get(name),
  }));
}

function named(list: readonly Plain[]): Map<string, Plain> {
  const names = list.map(nameOf);
  const areNames = names.every((name) => name !== null) && new Set(names).size === list.length;
  return new Map(list.map((element, index) => [areNames ? (names[index] ?? "") : String(index), element]));
}

function nameOf(element: Plain): string | null {
  if (!isObject(element)) return null;
  const field = namingFields.find((name) => element[name] !== undefined && element[name] !== "");
  if (field === undefined) return null;
  const value = element[field];
  return `${field}=${typeof value === "object" ? JSON.stringify(value) : value}`;
}

function isList(value: Plain | undefined): value is readonly Plain[] {
  return Array.isArray(value);
}

function isObject(value: Plain | undefined): value is { readonly [name: string]: Plain } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
