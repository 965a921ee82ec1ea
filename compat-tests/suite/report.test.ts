import { expect, test } from "vitest";
import { scenarios } from "../scenarios.js";
import { journeysIn } from "./journeys.js";
import { type ReportParts, reportOf } from "./report.js";
import type { Outcome } from "./results.js";
import type { WrittenResults } from "./written-results.js";

const chosen = scenarios.filter(({ id }) => ["metadata", "seek-time"].includes(id));

function results(at: string, outcomes: Readonly<Record<string, Outcome>>): WrittenResults {
  const cell = { client: "some", ms: 1, message: "seen" };
  return {
    broker: "any",
    clients: [{ folder: "some", name: "Some", version: "1", language: "C", at }],
    cells: Object.entries(outcomes).map(([scenario, outcome]) => ({ ...cell, scenario, outcome })),
  };
}

const parts: ReportParts = {
  samsa: results("2026-11-21T10:00:00Z", { metadata: "passed", "seek-time": "passed" }),
  apache: results("2026-11-20T10:00:00Z", { metadata: "passed", "seek-time": "failed" }),
  journeys: { samsa: {}, apache: {} },
  versions: { samsa: "1.0.0", apache: "4.3.1" },
};

test("a cell has one word when the brokers are alike, and two when they are not", () => {
  const report = reportOf(parts, chosen, []);
  expect(report).toContain("| metadata | yes |");
  expect(report).toContain("| seek-time | yes / **failed** |");
  expect(report).toContain("| some | 1 | C | 2/2 | 2026-11-21 | 1/2 | 2026-11-20 |");
});

test("a client that was not run with a broker has a dash there, and no date", () => {
  const report = reportOf({ ...parts, apache: results("", {}) }, chosen, []);
  expect(report).toContain("| metadata | yes / – |");
  expect(report).toContain("| some | 1 | C | 2/2 | 2026-11-21 | – |  |");
});

test("what vitest wrote of the longer stories is in the report, the second attempt of a test before its first", () => {
  const written = (status: string, folder: string) =>
    JSON.stringify({
      testResults: [
        {
          name: `/anywhere/compat-tests/${folder}/one.test.ts`,
          startTime: Date.parse("2026-11-21T10:00:00Z"),
          assertionResults: [{ fullName: " members come and go", status }],
        },
      ],
    });
  const journeys = journeysIn([written("failed", "kafkajs"), written("passed", "kafkajs"), written("passed", "suite")]);
  const report = reportOf({ ...parts, journeys: { samsa: journeys, apache: {} } }, chosen, []);
  expect(report).toContain("## kafkajs 2.2.4\n\n| | Samsa, 2026-11-21 | Apache Kafka |");
  expect(report).toContain("| members come and go | yes | – |");
  expect(report).not.toContain("## suite");
});
