/** kcat, and through it librdkafka: no setting but the address. */
import { describe, expect, test } from "vitest";
import { codecs, codecsOnDisk } from "../../tests/support/codecs.js";
import { runCommandToSuccess } from "../../tests/support/run-command.js";
import { targetForThisFile } from "../../tests/support/target-for-this-file.js";

const broker = targetForThisFile();

async function kcat(args: readonly string[], input = ""): Promise<string> {
  const { stdout } = await runCommandToSuccess("kcat", ["-b", broker().bootstrapServers, ...args], { input });
  return stdout;
}

/** Lines `key:value`, long and alike enough that every codec makes them smaller. */
function lines(count: number): string {
  return Array.from({ length: count }, (_, index) => `key-${index}:value ${index} ${"and again ".repeat(10)}\n`).join(
    "",
  );
}

describe("produce and consume", () => {
  test.each(codecs)("records produced with %s come back whole, and lie on disk with that codec", async (codec) => {
    const topic = `kcat-${codec}`;
    const sent = lines(500);
    await kcat(["-P", "-t", topic, "-p", "0", "-K", ":", "-z", codec], sent);

    const received = await kcat(["-C", "-t", topic, "-e", "-q", "-f", "%k:%s\\n"]);

    expect(received).toBe(sent);
    expect(codecsOnDisk(broker(), topic, 0)).toEqual([codec]);
  });

  test("a consumer may start at an offset, near the end, or at a time", async () => {
    const topic = "kcat-offsets";
    await kcat(["-P", "-t", topic, "-p", "0"], "zero\none\ntwo\nthree\n");

    const consumeFrom = (offset: string) => kcat(["-C", "-t", topic, "-p", "0", "-o", offset, "-e", "-q"]);

    expect(await consumeFrom("2")).toBe("two\nthree\n");
    expect(await consumeFrom("-1")).toBe("three\n");
    expect(await consumeFrom("s@0")).toBe("zero\none\ntwo\nthree\n");
  });

  test("the offset of a record is told by its time", async () => {
    const topic = "kcat-times";
    for (const line of ["one", "two", "three"]) await kcat(["-P", "-t", topic, "-p", "0"], `${line}\n`);
    const times = (await kcat(["-C", "-t", topic, "-p", "0", "-e", "-q", "-f", "%T\\n"]))
      .trim()
      .split("\n")
      .map(Number);

    const offsetAt = (timestamp: number) => kcat(["-Q", "-t", `${topic}:0:${timestamp}`]);

    for (const [offset, time] of times.entries()) expect(await offsetAt(time)).toBe(`${topic} [0] offset ${offset}\n`);
    expect(await offsetAt((times.at(-1) ?? 0) + 1)).toBe(`${topic} [0] offset -1\n`);
    expect(await kcat(["-C", "-t", topic, "-p", "0", "-o", `s@${times[1]}`, "-e", "-q"])).toBe("two\nthree\n");
  });

  test("headers, null values and acks of 0 and 1 work", async () => {
    const topic = "kcat-headers";
    await kcat(["-P", "-t", topic, "-p", "0", "-H", "colour=blue", "-X", "acks=1"], "one\n");
    await kcat(["-P", "-t", topic, "-p", "0", "-K", ":", "-Z", "-X", "acks=0"], "gone:\n");

    const received = await kcat(["-C", "-t", topic, "-c", "2", "-q", "-f", "%h|%k|%S\\n"]);

    expect(received).toBe("colour=blue||3\n|gone|-1\n");
  });
});

test("metadata lists the broker and the topic with its leader", async () => {
  await kcat(["-P", "-t", "kcat-metadata", "-p", "0"], "one\n");

  const metadata: unknown = JSON.parse(await kcat(["-L", "-J", "-t", "kcat-metadata"]));

  expect(metadata).toMatchObject({
    brokers: [{ name: broker().bootstrapServers }],
    topics: [{ topic: "kcat-metadata", partitions: [{ partition: 0, replicas: [{}], isrs: [{}] }] }],
  });
});

test("a group consumer reads everything, commits, and its successor reads only what is new", async () => {
  const topic = "kcat-group";
  const asGroup = ["-G", "kcat-readers", "-q", "-e", "-X", "auto.offset.reset=earliest", topic];
  await kcat(["-P", "-t", topic, "-p", "0"], "one\ntwo\n");
  expect(await kcat(asGroup)).toBe("one\ntwo\n");

  await kcat(["-P", "-t", topic, "-p", "0"], "three\n");
  expect(await kcat(asGroup)).toBe("three\n");
});

test("an idempotent producer of librdkafka is served", async () => {
  const topic = "kcat-idempotent";
  await kcat(["-P", "-t", topic, "-p", "0", "-X", "enable.idempotence=true"], "one\ntwo\n");
  expect(await kcat(["-C", "-t", topic, "-e", "-q"])).toBe("one\ntwo\n");
});
