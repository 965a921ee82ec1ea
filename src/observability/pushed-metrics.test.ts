import { expect, test } from "vitest";
import { PushedMetricsStore } from "./pushed-metrics.js";

const pushed = (clientInstanceId: string, bytes: number, pushedAtMs = 0) => ({
  ...{ clientInstanceId, clientId: "app", softwareName: null, softwareVersion: null, pushedAtMs },
  metricsData: new Uint8Array(bytes),
});
const shown = (store: PushedMetricsStore) => [...store.newest()].map((one) => [one.clientInstanceId, one.pushedAtMs]);

test("of each client the newest push is kept", () => {
  const store = new PushedMetricsStore(100);
  store.keep(pushed("a", 10, 1));
  store.keep(pushed("b", 10, 2));
  store.keep(pushed("a", 10, 3));
  expect(shown(store)).toEqual([
    ["b", 2],
    ["a", 3],
  ]);
});

test("where the room is too small, the clients that have been silent for longest go", () => {
  const store = new PushedMetricsStore(100);
  for (const name of ["a", "b", "c"]) store.keep(pushed(name, 40));
  expect(shown(store).map(([name]) => name)).toEqual(["b", "c"]);
  store.keep(pushed("b", 90));
  expect(shown(store).map(([name]) => name)).toEqual(["b"]);
});

test("a push that is larger than the room is not kept", () => {
  const store = new PushedMetricsStore(100);
  store.keep(pushed("a", 101));
  expect(shown(store)).toEqual([]);
});
