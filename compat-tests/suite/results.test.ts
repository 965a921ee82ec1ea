import { describe, expect, test } from "vitest";
import { acceptanceCases } from "../acceptance/cases/index.js";
import { scenarios } from "../scenarios.js";
import { type Client, withOnly } from "./client.js";
import { askIn, saidIn } from "./program-lines.js";
import { acceptanceSection } from "./report-acceptance.js";
import { judge, summaryOf } from "./results.js";
import { junitOf } from "./written-results.js";

const client: Client = {
  folderName: "some",
  folder: "/clients/some",
  name: "Some",
  version: "1",
  language: "C",
  scenarios,
  broker: {},
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
    expect(cell).toMatchObject({ outcome: "passed", message: "but client.json says: counts in seconds" });
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
  const all = [...scenarios, ...acceptanceCases];
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  for (const { id, steps } of all) {
    expect(id).toMatch(/^[a-z0-9-]+$/);
    expect(steps.length).toBeGreaterThan(40);
  }
});

test("an acceptance case is called by the thread that it comes from", () => {
  for (const { id, origin } of acceptanceCases) {
    const number = origin.split("/").at(-1);
    expect(origin).toMatch(/^https:\/\/github\.com\/[\w-]+\/[\w-]+\/(issues|pull)\/\d+$/);
    expect(id.endsWith(`-${number}`)).toBe(true);
  }
});

test("of a client only the wanted scenarios are left, and of others nothing", () => {
  const other = { ...client, folderName: "other", scenarios: acceptanceCases };
  const left = withOnly([client, other], ({ id }) => id === "metadata");
  expect(left.map(({ folderName, scenarios: kept }) => [folderName, kept.length])).toEqual([["some", 1]]);
});

test("the report tells of acceptance cases apart from the clients", () => {
  const cell = (outcome: "passed" | "failed", message: string) => [
    { client: "acceptance", scenario: "redpanda-9850", outcome, ms: 1, message },
  ];
  const lines = acceptanceSection(acceptanceCases, { samsa: cell("passed", ""), apache: cell("failed", "seen `x`") });
  const row = lines.find((line) => line.startsWith("| [redpanda-9850]"));
  expect(row).toContain("https://github.com/redpanda-data/redpanda/issues/9850");
  expect(row).toMatch(/\| yes \| \*\*failed\*\* \|$/);
  expect(lines.at(-1)).toBe("- redpanda-9850, with Apache Kafka: `seen 'x'`");
});
