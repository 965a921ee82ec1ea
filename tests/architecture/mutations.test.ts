/** Deliberate bugs are planted by hand and seldom: here it shows at once when the lines in which one lies have changed. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { mutations as ofClients } from "../../compat-tests/suite/mutation-list.js";
import { mutations as ofClusters } from "../simulation/mutations/mutations.js";

interface Planted {
  readonly file: string;
  readonly find: string;
}

function standsOnce({ file, find }: Planted): boolean {
  return existsSync(file) && readFileSync(file, "utf8").split(find).length === 2;
}

test("every deliberate bug has its place in the source, and one only", () => {
  const inClusters = ofClusters.flatMap(({ name, changes }) => changes.map((change) => ({ name, ...change })));
  const forClients = ofClients.map((mutation) => ({ ...mutation, file: join("src", mutation.file) }));
  const lost = [...inClusters, ...forClients].filter((planted) => !standsOnce(planted));
  expect(lost.map(({ name, file }) => `${name}: ${file}`)).toEqual([]);
});
