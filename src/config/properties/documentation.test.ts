import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { brokerConfigDefinitions } from "./broker-properties.js";
import { groupConfigDefinitions } from "./group-properties.js";
import { topicConfigDefinitions } from "./topic-properties.js";

const page = readFileSync(new URL("../../../docs/configuration.md", import.meta.url), "utf8");
const rows = page.split("\n").map((line) => line.split("|").map((cell) => cell.trim()));
const all = [brokerConfigDefinitions, topicConfigDefinitions, groupConfigDefinitions].flatMap((table) => [...table]);

test("the page lists every default that differs from Apache Kafka's, and no other", () => {
  const declared = all
    .filter(([, { kafkaDefaultText }]) => kafkaDefaultText !== undefined)
    .map(([name, { defaultText, kafkaDefaultText }]) => [name, defaultText, kafkaDefaultText ?? "none"]);
  const start = rows.findIndex(([, first]) => first === "property");
  const written = rows
    .slice(
      start + 2,
      rows.findIndex((cells, at) => at > start && cells.length < 3),
    )
    .map(([, name = "", here, kafkas]) => [/`([^`]+)`/.exec(name)?.[1], here, kafkas]);
  expect(written.sort()).toEqual(declared.sort());
});

test("the page lists every property of Samsa's own, with its default", () => {
  const own = all.filter(([name]) => name.startsWith("samsa."));
  for (const [name, { defaultText }] of own) {
    expect(rows).toContainEqual(["", `\`${name}\``, defaultText || "none", expect.any(String), ""]);
  }
});
