import { expect, test } from "vitest";
import { namedOnce, type TopicsOf } from "./named-once.js";

interface Partition {
  readonly index: number;
  readonly value?: string;
}

interface Topic {
  readonly name: string;
  readonly partitions: readonly Partition[];
}

const of: TopicsOf<Topic, Partition> = {
  keyOf: ({ name }) => name,
  partitionsOf: ({ partitions }) => partitions,
  indexOf: ({ index }) => index,
  withPartitions: (topic, partitions) => ({ ...topic, partitions }),
};

test("a list in which everything is named once is not copied", () => {
  const topics: readonly Topic[] = [
    { name: "a", partitions: [{ index: 0 }, { index: 1 }] },
    { name: "b", partitions: [{ index: 0 }] },
  ];
  expect(namedOnce(topics, of)).toBe(topics);
  expect(namedOnce([], of)).toEqual([]);
});

test("a topic that is named twice is one", () => {
  const topics: readonly Topic[] = ["a", "b", "a"].map((name, index) => ({ name, partitions: [{ index }] }));
  expect(namedOnce(topics, of)).toEqual([
    { name: "a", partitions: [{ index: 0 }, { index: 2 }] },
    { name: "b", partitions: [{ index: 1 }] },
  ]);
});

test("of a partition that is named twice the last word counts", () => {
  const partitions = [
    { index: 0, value: "first" },
    { index: 0, value: "last" },
  ];
  expect(namedOnce([{ name: "a", partitions }], of)).toEqual([
    { name: "a", partitions: [{ index: 0, value: "last" }] },
  ]);
});

test("a topic without partitions was never named", () => {
  const topics: readonly Topic[] = [
    { name: "a", partitions: [] },
    { name: "b", partitions: [{ index: 0 }] },
  ];
  expect(namedOnce(topics, of)).toEqual([topics[1]]);
});
