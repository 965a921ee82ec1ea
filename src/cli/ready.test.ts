import { expect, test } from "vitest";
import { readyClusterJson, readyClusterLine, readyJson, readyLine } from "./ready.js";

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

const cluster = {
  brokers: [
    { nodeId: 1, listeners: new Map([["PLAINTEXT", { host: "127.0.0.1", port: 9092 }]]) },
    { nodeId: 2, listeners: new Map([["PLAINTEXT", { host: "127.0.0.1", port: 9093 }]]) },
  ],
  clusterId: "qCQ0N1mSSRq6kq7Vl-f4vQ",
  dataFolder: "/srv/data",
  startupMs: 250,
};

test("several brokers in one process have a line each", () => {
  expect(readyClusterLine(cluster).split("\n")).toEqual([
    "Samsa is ready: cluster qCQ0N1mSSRq6kq7Vl-f4vQ of 2 nodes, data in /srv/data, started in 250 ms",
    "  node 1 on PLAINTEXT://127.0.0.1:9092",
    "  node 2 on PLAINTEXT://127.0.0.1:9093",
  ]);
});

test("the ready event of several brokers names them all", () => {
  expect(JSON.parse(readyClusterJson(cluster))).toEqual({
    event: "ready",
    brokers: [
      { nodeId: 1, listeners: { PLAINTEXT: "127.0.0.1:9092" } },
      { nodeId: 2, listeners: { PLAINTEXT: "127.0.0.1:9093" } },
    ],
    clusterId: "qCQ0N1mSSRq6kq7Vl-f4vQ",
    dataFolder: "/srv/data",
    startupMs: 250,
  });
});
