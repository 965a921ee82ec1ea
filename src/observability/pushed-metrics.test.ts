import { expect, test } from "vitest";
import { PushedMetricsStore } from "./pushed-metrics.js";

const KIB = 1024;

const pushed = (clientInstanceId: string, kib: number, pushedAtMs = 0, clientId = "app") => ({
  ...{ clientInstanceId, clientId, softwareName: null, softwareVersion: null, pushedAtMs },
  metricsData: new Uint8Array(kib * KIB),
});
const shown = (store: PushedMetricsStore) => [...store.newest()].map((one) => [one.clientInstanceId, one.pushedAtMs]);

test("of each client the newest push is kept", () => {
  const store = new PushedMetricsStore(100 * KIB);
  store.keep(pushed("a", 10, 1));
  store.keep(pushed("b", 10, 2));
  store.keep(pushed("a", 10, 3));
  expect(shown(store)).toEqual([
    ["b", 2],
    ["a", 3],
  ]);
});

test("where the room is too small, the clients that have been silent for longest go", () => {
  const store = new PushedMetricsStore(100 * KIB);
  for (const name of ["a", "b", "c"]) store.keep(pushed(name, 40));
  expect(shown(store).map(([name]) => name)).toEqual(["b", "c"]);
  store.keep(pushed("b", 90));
  expect(shown(store).map(([name]) => name)).toEqual(["b"]);
});

test("a push that is larger than the room is not kept", () => {
  const store = new PushedMetricsStore(100 * KIB);
  store.keep(pushed("a", 101));
  expect(shown(store)).toEqual([]);
});

test("what is little, under a new name each time, takes room as well; and so do long names", () => {
  const store = new PushedMetricsStore(100 * KIB);
  for (let i = 0; i < 1_000; i++) store.keep(pushed(`client ${i}`, 0));
  expect(shown(store).length).toBeLessThan(200);
  store.keep(pushed("one", 0, 0, "x".repeat(40 * KIB)));
  store.keep(pushed("two", 0, 0, "x".repeat(40 * KIB)));
  expect(shown(store).map(([name]) => name)).toEqual(["two"]);
});
