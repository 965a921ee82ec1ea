import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { pushOfJava } from "./java-push.test-data.js";
import { readMetricsData } from "./metrics-data.js";

const text = (number: number, value: string) => message(number, Buffer.from(value));
/** Short enough for lengths of one byte. */
const message = (number: number, ...parts: readonly Uint8Array[]) => {
  const inside = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([(number << 3) | 2, inside.length]), inside]);
};
const int = (number: number, value: bigint) => {
  const bytes = Buffer.alloc(9);
  bytes[0] = (number << 3) | 1;
  bytes.writeBigInt64LE(value, 1);
  return bytes;
};
const ofMetric = (...parts: readonly Uint8Array[]) => message(1, message(2, message(2, ...parts)));

describe("metrics that clients push", () => {
  test("are read as a Java producer wrote them", () => {
    const points = readMetricsData(pushOfJava);
    expect(points).toHaveLength(6);
    expect(points?.at(-1)).toEqual({
      name: "org.apache.kafka.producer.node.request.latency.max",
      kind: "gauge",
      attributes: { node_id: "node-1" },
      value: 130,
    });
    expect(points?.at(0)?.value).toBeNaN();
  });

  test("may be whole numbers, and sums", () => {
    const push = ofMetric(text(1, "records"), message(7, message(1, int(6, -3n)), message(1, int(6, 4n))));
    const counted = { name: "records", kind: "sum", attributes: {} };
    expect(readMetricsData(push)).toEqual([
      { ...counted, value: -3 },
      { ...counted, value: 4 },
    ]);
  });

  test("of other kinds, and points without a number, are left out", () => {
    expect(readMetricsData(ofMetric(text(1, "a histogram"), message(9, message(1, int(6, 1n)))))).toEqual([]);
    expect(readMetricsData(ofMetric(text(1, "nothing"), message(5, message(1))))).toEqual([]);
  });

  test("may be none", () => {
    expect(readMetricsData(new Uint8Array(0))).toEqual([]);
  });

  test("are known to be none where the bytes are broken", () => {
    for (let end = 1; end < pushOfJava.length; end += 1) {
      const cut = readMetricsData(pushOfJava.subarray(0, end));
      expect(cut === null || cut.length < 6).toBe(true);
    }
    // A varint without an end, a length beyond the end, a group.
    for (const broken of [Buffer.alloc(12, 0xff), Buffer.from([0x0a, 0x05, 0x00]), Buffer.from([0x0b])]) {
      expect(readMetricsData(broken)).toBeNull();
    }
  });

  test("any bytes are read or refused, and never more", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const points = readMetricsData(bytes);
        expect(points === null || points.length <= bytes.length).toBe(true);
      }),
      { seed: 714, numRuns: 2000 },
    );
  });
});
