import { expect, test } from "vitest";
import { describeProperties } from "./describe-properties.js";
import { exitCodes } from "./exit-codes.js";
import { Lines } from "./log/log.test-data.js";

async function run(name: string) {
  const output = new Lines();
  const code = await describeProperties(name, output);
  const { printed: lines, complaints } = output;
  return { code, output: lines.join("\n"), lines, complaints };
}

test("without a name every property has a line", async () => {
  const { code, lines } = await run("");
  expect(code).toBe(exitCodes.ok);
  expect(lines.length).toBeGreaterThan(400);
  expect(new Set(lines).size).toBe(lines.length);
});

test("one property is shown with type, default, bounds, meaning and effect", async () => {
  const { output } = await run("log.segment.bytes");
  expect(output).toContain("log.segment.bytes\n  Size at which a segment is closed");
  expect(output).toMatch(/type +INT/);
  expect(output).toMatch(/default +1073741824/);
  expect(output).toMatch(/allowed +\[1048576,\.\.\.\]/);
  expect(output).toMatch(/changeable +cluster-wide/);
  expect(output).toMatch(/effect +yes/);
});

test("a default that differs from Apache Kafka's says so", async () => {
  expect((await run("group.initial.rebalance.delay.ms")).output).toMatch(/default +0\n +in Apache Kafka +3000/);
});

test("a property of topics names the broker's properties behind it", async () => {
  expect((await run("retention.ms")).output).toContain("log.retention.ms, log.retention.minutes, log.retention.hours");
});

test("the beginning of names lists all that begin so", async () => {
  const { code, lines } = await run("log.retention.");
  expect(code).toBe(exitCodes.ok);
  expect(lines.every((line) => line.includes("log.retention."))).toBe(true);
});

test("an unknown name is complained of beside stdout, with the nearest name and code 2", async () => {
  const { code, lines, complaints } = await run("log.retention.mss");
  expect([code, lines]).toEqual([exitCodes.usage, []]);
  expect(complaints).toEqual(["No property is called log.retention.mss. Did you mean log.retention.ms?"]);
});
