import { expect, test } from "vitest";
import { formatVersions, includes, intersection, noVersions, parseVersions } from "./versions.js";

test("a range is one version, a span, open at its end, or empty", () => {
  expect(parseVersions("3")).toEqual({ first: 3, last: 3 });
  expect(parseVersions("0-11")).toEqual({ first: 0, last: 11 });
  expect(parseVersions("4+")).toEqual({ first: 4, last: 32767 });
  expect(parseVersions("none")).toEqual(noVersions);
});

test("what is not a range is a mistake in a declaration", () => {
  for (const text of ["", "4-", "-1", "4-2", "a", "1,2", "0-99999"]) expect(() => parseVersions(text)).toThrow();
});

test("ranges include both ends", () => {
  const range = parseVersions("2-4");
  expect([1, 2, 4, 5].map((version) => includes(range, version))).toEqual([false, true, true, false]);
  expect(includes(noVersions, 0)).toBe(false);
});

test("an intersection may be empty", () => {
  expect(intersection(parseVersions("2+"), parseVersions("0-3"))).toEqual({ first: 2, last: 3 });
  expect(intersection(parseVersions("4+"), parseVersions("0-3"))).toEqual(noVersions);
});

test("a formatted range parses to itself", () => {
  for (const text of ["3", "0-11", "4+", "none"]) expect(formatVersions(parseVersions(text))).toBe(text);
});
