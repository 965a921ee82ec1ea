/** Ranges of message versions, as declarations write them: `"3"`, `"0-11"`, `"4+"` or `"none"`. */
import { invariant } from "../../lib/invariant.js";

export interface VersionRange {
  readonly first: number;
  /** Inclusive; less than `first` when the range is empty. */
  readonly last: number;
}

/** Versions are 16 bits on the wire. */
const LAST_VERSION = 32767;

export const noVersions: VersionRange = { first: 0, last: -1 };

/** The texts are constants of the declarations, and they are looked up with every request. */
const parsed = new Map<string, VersionRange>();

export function parseVersions(text: string): VersionRange {
  let range = parsed.get(text);
  if (range === undefined) {
    range = parse(text);
    parsed.set(text, range);
  }
  return range;
}

function parse(text: string): VersionRange {
  if (text === "none") return noVersions;
  const parts = /^(\d{1,5})(?:(\+)|-(\d{1,5}))?$/.exec(text);
  invariant(parts !== null, `"${text}" is a range of versions`);
  const first = Number(parts[1]);
  if (parts[2] === "+") return { first, last: LAST_VERSION };
  const last = parts[3] === undefined ? first : Number(parts[3]);
  invariant(first <= last && last <= LAST_VERSION, `"${text}" runs from low to high`);
  return { first, last };
}

export function includes(range: VersionRange, version: number): boolean {
  return version >= range.first && version <= range.last;
}

export function intersection(one: VersionRange, other: VersionRange): VersionRange {
  const first = Math.max(one.first, other.first);
  const last = Math.min(one.last, other.last);
  return first <= last ? { first, last } : noVersions;
}

/** The inverse of `parseVersions`; an open end shows as `+`. */
export function formatVersions(range: VersionRange): string {
  if (range.last < range.first) return "none";
  if (range.last === LAST_VERSION) return `${range.first}+`;
  return range.first === range.last ? `${range.first}` : `${range.first}-${range.last}`;
}
