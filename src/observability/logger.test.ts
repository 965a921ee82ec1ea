import { expect, test } from "vitest";
import { createLogger } from "./logger.js";
import { prettyLines } from "./pretty-lines.js";

function record(level: "info" | "silent") {
  const lines: string[] = [];
  const logger = createLogger({ write: (line) => lines.push(line), nowMs: () => 1_700_000_000_000, level });
  return { lines, logger };
}

test("a line holds level, time, fields and message, and nothing of this process", () => {
  const { lines, logger } = record("info");
  logger.warn({ topic: "orders" }, "partition is offline");
  expect(lines).toEqual(['{"level":40,"time":1700000000000,"topic":"orders","msg":"partition is offline"}\n']);
});

test("lines below the level are not written", () => {
  const { lines, logger } = record("info");
  logger.debug("a detail");
  expect(lines).toEqual([]);
});

test("silent writes nothing at all", () => {
  const { lines, logger } = record("silent");
  logger.fatal("the end");
  expect(lines).toEqual([]);
});

test("a child's lines carry its fields", () => {
  const { lines, logger } = record("info");
  logger.child({ connection: 7 }).info("closed");
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ connection: 7, msg: "closed" });
});

test("pretty lines name the level and keep the fields on one line", async () => {
  const lines: string[] = [];
  const write = await prettyLines((line) => lines.push(line), false);
  write('{"level":40,"time":1700000000000,"topic":"orders","msg":"offline"}\n');
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/WARN.*offline.*orders/);
  expect(lines[0]?.trimEnd()).not.toContain("\n");
});
