/** What the scenarios of the JavaScript clients expect, and wait for. */
import { setTimeout as sleep } from "node:timers/promises";

export { sleep };

/** The CRC-32 of zlib over texts, each followed by one line feed, in eight hexadecimal digits. */
export function crcOf(values) {
  let crc = 0xffffffff;
  for (const value of values) {
    for (const byte of value) crc = table[(crc ^ byte) & 0xff] ^ (crc >>> 8);
    crc = table[(crc ^ 10) & 0xff] ^ (crc >>> 8);
  }
  return ((crc ^ 0xffffffff) >>> 0).toString(16).padStart(8, "0");
}

const table = Uint32Array.from({ length: 256 }, (_, index) => {
  let entry = index;
  for (let bit = 0; bit < 8; bit++) entry = (entry & 1) === 0 ? entry >>> 1 : (entry >>> 1) ^ 0xedb88320;
  return entry >>> 0;
});

export function equal(seen, expected, what) {
  const [one, other] = [JSON.stringify(seen), JSON.stringify(expected)];
  if (one === other) return;
  throw new Error(`${what}: ${shortened(one)}, not ${shortened(other)}${firstDifference(seen, expected)}`);
}

function firstDifference(seen, expected) {
  if (!Array.isArray(seen) || !Array.isArray(expected) || expected.length < 10) return "";
  const at = expected.findIndex((value, i) => JSON.stringify(seen[i]) !== JSON.stringify(value));
  if (at < 0) return `, ${seen.length} in place of ${expected.length}`;
  return `; the first difference at ${at}: ${JSON.stringify(seen.slice(at, at + 3))} after ${JSON.stringify(seen[at - 1])}`;
}

export function holds(condition, what) {
  if (!condition) throw new Error(what);
}

function shortened(text = "nothing") {
  return text.length <= 160 ? text : `${text.slice(0, 100)}…${text.slice(-50)}`;
}

/** Waits until it is so, and says what was not so when it takes too long. */
export async function until(isSo, what, timeoutMs = 30_000) {
  const deadlineMs = performance.now() + timeoutMs;
  for (;;) {
    const is = await isSo();
    if (is) return is;
    if (performance.now() > deadlineMs)
      throw new Error(`not within ${timeoutMs} ms: ${typeof what === "function" ? what() : what}`);
    await sleep(50);
  }
}

/** The call must fail with one of the errors. */
export async function failsWith(client, names, call, what) {
  let seen = "";
  try {
    await call();
  } catch (error) {
    seen = client.errorName(error);
    if (names.some((name) => seen.includes(name))) return;
    throw new Error(`${what}: failed with ${seen}, not ${names.join(" or ")}`);
  }
  throw new Error(`${what}: did not fail, ${names.join(" or ")} was expected`);
}

export const text = (bytes) => (bytes === null || bytes === undefined ? null : bytes.toString("utf8"));

export const valuesOf = (records) => records.map(({ value }) => text(value));

export const numbered = (count, from = 0, word = "value") =>
  Array.from({ length: count }, (_, index) => `${word}-${from + index}`);

/** Makes the topic, and waits until its partitions answer: a leader is named a moment before it takes records. */
export async function createTopic(client, topic, options = {}) {
  await client.createTopic(topic, options);
  for (let partition = 0; partition < (options.partitions ?? 1); partition++) {
    const answers = async () => {
      try {
        await client.bounds(topic, partition);
        return true;
      } catch {
        return false;
      }
    };
    await until(answers, `partition ${partition} of the new topic answers`);
  }
}

/** Sends texts as values, in order, to one partition, in one call, and waits for the acknowledgement. */
export async function sendValues(context, values, { topic = context.topic, partition = 0, ...options } = {}) {
  const producer = await context.client.producer(options);
  await producer.send(
    topic,
    values.map((value) => (typeof value === "string" ? { partition, value } : { partition, ...value })),
  );
  await producer.close();
}

/**
 * Reads from the beginning until there are so many records, and 500 ms longer, to see that no more come. `inOrder`: of
 * one partition.
 */
export async function readAll(context, count, { topic = context.topic, timeoutMs = 30_000, ...options } = {}) {
  const read = [];
  const member = await context.client.consumer({
    group: `${context.group}-reader-${Math.random().toString(36).slice(2)}`,
    topics: [topic],
    fromBeginning: true,
    onRecord: (record) => void read.push(record),
    ...options,
  });
  try {
    await until(
      () => read.length >= count,
      () => `${read.length} of ${count} records were read`,
      timeoutMs,
    );
    await sleep(500);
  } finally {
    await member.close();
  }
  if (read.length !== count) throw new Error(`${read.length} records were read, not ${count}`);
  return read.sort((one, other) => one.partition - other.partition || one.offset - other.offset);
}
