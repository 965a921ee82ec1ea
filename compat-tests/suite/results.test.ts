import { describe, expect, test } from "vitest";
import { scenarios } from "../scenarios.js";
import type { Client } from "./client.js";
import { askIn, saidIn } from "./program-lines.js";
import { judge, summaryOf } from "./results.js";
import { junitOf } from "./written-results.js";

const client: Client = {
  folderName: "some",
  folder: "/clients/some",
  name: "Some",
  version: "1",
  language: "C",
  needs: [],
  run: ["some"],
  known: { "seek-time": "has no such call", timestamps: "counts in seconds" },
};

describe("what a client's program says is judged by what its client.json says", () => {
  const judged = (scenario: string, outcome: "passed" | "failed" | "unsupported" | "skipped") =>
    judge(client, { scenario, outcome, ms: 1, message: "seen" }).outcome;

  test("without a reason, unsupported is a failure", () => {
    expect(judged("metadata", "unsupported")).toBe("failed");
    expect(judged("seek-time", "unsupported")).toBe("unsupported");
  });

  test("a failure with a reason is a known difference", () => {
    expect(judged("metadata", "failed")).toBe("failed");
    expect(judged("timestamps", "failed")).toBe("known");
  });

  test("a known difference that is gone is told", () => {
    const cell = judge(client, { scenario: "timestamps", outcome: "passed", ms: 1, message: "" });
    expect(cell).toMatchObject({ outcome: "passed", message: "passed, but client.json says: counts in seconds" });
  });
});

test("a program's lines are reports, asks, or nothing to the suite", () => {
  expect(saidIn('{"scenario":"metadata","outcome":"passed","ms":12}')).toEqual({
    ...{ scenario: "metadata", outcome: "passed", ms: 12, message: "" },
  });
  expect(saidIn('{"scenario":"metadata","outcome":"great"}')).toMatchObject({ outcome: "failed" });
  expect(saidIn("a log line")).toBeNull();
  expect(askIn('{"ask":"move-leader","topic":"t"}')).toEqual({ ask: "move-leader", topic: "t" });
  expect(askIn('{"scenario":"metadata","outcome":"passed"}')).toBeNull();
  expect(() => askIn('{"ask":"make-coffee"}')).toThrow("make-coffee");
});

test("JUnit's XML counts per client, and holds any message", () => {
  const cells = [
    judge(client, { scenario: "metadata", outcome: "passed", ms: 1500, message: "" }),
    judge(client, { scenario: "large-record", outcome: "failed", ms: 2, message: 'a < "b" & \u0000c' }),
    judge(client, { scenario: "seek-time", outcome: "unsupported", ms: 0, message: "" }),
  ];
  const xml = junitOf([client], cells);
  expect(xml).toContain('<testsuite name="some" tests="3" failures="1" skipped="1">');
  expect(xml).toContain('<failure message="a &lt; &quot;b&quot; &amp; c"/>');
  expect(xml).toContain('name="metadata" time="1.500"/>');
  expect(summaryOf(cells)).toBe("1 passed, 1 failed, 1 unsupported");
});

test("scenarios have names of their own, and say what to do", () => {
  expect(new Set(scenarios.map(({ id }) => id)).size).toBe(scenarios.length);
  for (const { id, steps } of scenarios) {
    expect(id).toMatch(/^[a-z0-9-]+$/);
    expect(steps.length).toBeGreaterThan(40);
  }
});
