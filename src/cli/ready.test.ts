import { expect, test } from "vitest";
import { readyJson, readyLine } from "./ready.js";

const ready = {
  listeners: new Map([
    ["PLAINTEXT", { host: "127.0.0.1", port: 9092 }],
    ["DOCKER", { host: "::1", port: 29092 }],
  ]),
  clusterId: "qCQ0N1mSSRq6kq7Vl-f4vQ",
  nodeId: 1,
  dataFolder: "/srv/data",
  startupMs: 143,
};

test("the ready line names every listener, the cluster, the node, the folder and the time", () => {
  expect(readyLine(ready)).toBe(
    "Samsa is ready on PLAINTEXT://127.0.0.1:9092, DOCKER://[::1]:29092: cluster qCQ0N1mSSRq6kq7Vl-f4vQ, node 1, " +
      "data in /srv/data, started in 143 ms",
  );
  expect(readyLine({ ...ready, dataFolder: null })).toContain("data in memory");
});

test("the ready event is one JSON object", () => {
  expect(JSON.parse(readyJson(ready))).toEqual({
    event: "ready",
    listeners: { PLAINTEXT: "127.0.0.1:9092", DOCKER: "[::1]:29092" },
    clusterId: "qCQ0N1mSSRq6kq7Vl-f4vQ",
    nodeId: 1,
    dataFolder: "/srv/data",
    startupMs: 143,
  });
});
