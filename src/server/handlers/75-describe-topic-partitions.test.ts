import { describe, expect, test } from "vitest";
import { configWith } from "../../config/config.test-data.js";
import { errors } from "../../protocol/errors.js";
import { DescribeTopicPartitions } from "../../protocol/messages/75-describe-topic-partitions.js";
import { ask, imageWith } from "../ask.test-data.js";
import { describeTopicPartitions } from "./75-describe-topic-partitions.js";

type Cursor = { readonly topicName: string; readonly partitionIndex: number } | null;

const image = imageWith({ orders: 5, bills: 1, clicks: 2 });

describe("DescribeTopicPartitions", () => {
  test("a page ends in the middle of a topic, and the cursor says where the next one begins", async () => {
    const page = await askFor([], 3);
    expect(shown(page)).toEqual(["bills-0", "clicks-0", "clicks-1"]);
    expect(page.nextCursor).toEqual({ topicName: "orders", partitionIndex: 0 });
  });

  test("following the cursor shows every partition once", async () => {
    const seen: string[] = [];
    let cursor: Cursor = null;
    do {
      const page: Awaited<ReturnType<typeof askFor>> = await askFor([], 2, cursor);
      seen.push(...shown(page));
      cursor = page.nextCursor;
    } while (cursor !== null);
    const expected = ["bills-0", "clicks-0", "clicks-1", ...[0, 1, 2, 3, 4].map((index) => `orders-${index}`)];
    expect(seen).toEqual(expected);
  });

  test("the broker's own limit goes before the caller's", async () => {
    const page = await askFor(["orders"], 1000, null, { limit: 4 });
    expect(shown(page)).toHaveLength(4);
    expect(page.nextCursor).toEqual({ topicName: "orders", partitionIndex: 4 });
  });

  test("who asks for nothing at all still gets on", async () => {
    expect(shown(await askFor(["orders"], 0))).toEqual(["orders-0"]);
  });

  test("a cursor behind the last partition, as after a topic was made anew, shows the topic without any", async () => {
    const page = await askFor(["orders"], 10, { topicName: "orders", partitionIndex: 9 });
    expect(page.topics).toMatchObject([{ errorCode: errors.NONE.code, name: "orders", partitions: [] }]);
    expect(page.nextCursor).toBeNull();
  });

  test("a cursor of a topic that is not asked for, or of a negative partition, is refused", async () => {
    for (const cursor of [
      { topicName: "clicks", partitionIndex: 0 },
      { topicName: "orders", partitionIndex: -1 },
    ]) {
      const page = await askFor(["orders"], 10, cursor);
      expect(page.topics).toMatchObject([{ errorCode: errors.INVALID_REQUEST.code, name: "orders", partitions: [] }]);
    }
  });

  test("topics that are missing, forbidden or impossible have their own errors", async () => {
    const page = await askFor(["no such", "orders", "nowhere"], 10, null, { forbidden: ["Topic:orders"] });
    expect(page.topics.map(({ name, errorCode }) => [name, errorCode])).toEqual([
      ["no such", errors.INVALID_TOPIC_EXCEPTION.code],
      ["nowhere", errors.UNKNOWN_TOPIC_OR_PARTITION.code],
      ["orders", errors.TOPIC_AUTHORIZATION_FAILED.code],
    ]);
  });

  test("who asks for all topics is not told of those that are hidden", async () => {
    const page = await askFor([], 10, null, { forbidden: ["Topic:orders"] });
    expect(page.topics.map(({ name }) => name)).toEqual(["bills", "clicks"]);
  });
});

async function askFor(
  names: readonly string[],
  responsePartitionLimit: number,
  cursor: Cursor = null,
  { limit = 2000, forbidden = [] as readonly string[] } = {},
) {
  const request = { topics: names.map((name) => ({ name })), responsePartitionLimit, cursor };
  const sets = [`max.request.partition.size.limit=${limit}`];
  const config = configWith(...sets);
  const caller = { broker: { config }, image, forbidden };
  return ask(describeTopicPartitions, DescribeTopicPartitions, 0, request, caller);
}

function shown({ topics }: Awaited<ReturnType<typeof askFor>>): string[] {
  return topics.flatMap(({ name, partitions }) => partitions.map(({ partitionIndex }) => `${name}-${partitionIndex}`));
}
