import { expect, test } from "vitest";
import { describeProperties } from "./describe-properties.js";
import { exitCodes } from "./exit-codes.js";

function run(name?: string) {
  const lines: string[] = [];
  const code = describeProperties(name, (line) => lines.push(line));
  return { code, output: lines.join("\n"), lines };
}

test("without a name every property has a line", () => {
  const { code, lines } = run();
  expect(code).toBe(exitCodes.ok);
  expect(lines.length).toBeGreaterThan(400);
  expect(new Set(lines).size).toBe(lines.length);
});

test("one property is shown with type, default, bounds, meaning and effect", () => {
  const { output } = run("log.segment.bytes");
  expect(output).toContain("log.segment.bytes\n  Size at which a segment is closed");
  expect(output).toMatch(/type +INT/);
  expect(output).toMatch(/default +1073741824/);
  expect(output).toMatch(/allowed +\[1048576,\.\.\.\]/);
  expect(output).toMatch(/changeable +cluster-wide/);
  expect(output).toMatch(/effect +yes/);
});

test("a default that differs from Apache Kafka's says so", () => {
  expect(run("group.initial.rebalance.delay.ms").output).toMatch(/default +0\n +in Apache Kafka +3000/);
});

test("a property of topics names the broker's properties behind it", () => {
  expect(run("retention.ms").output).toContain("log.retention.ms, log.retention.minutes, log.retention.hours");
});

test("the beginning of names lists all that begin so", () => {
  const { code, lines } = run("log.retention.");
  expect(code).toBe(exitCodes.ok);
  expect(lines.every((line) => line.includes("log.retention."))).toBe(true);
});

test("an unknown name ends with code 2 and the nearest name", () => {
  const { code, output } = run("log.retention.mss");
  expect(code).toBe(exitCodes.usage);
  expect(output).toContain("Did you mean log.retention.ms?");
});
