import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../controller.test-support.js";
import { placeReplicas, type UsableBroker } from "./placement.js";

function brokers(...racks: [rack: string | null, ...ids: number[]][]): UsableBroker[] {
  return racks.flatMap(([rack, ...ids]) => ids.map((id) => ({ id, rack, fenced: false })));
}

function placed(usable: readonly UsableBroker[], partitions: number, factor: number, seed = 1) {
  const result = placeReplicas(usable, partitions, factor, seededRandom(seed));
  if ("problem" in result) throw new Error(result.problem);
  return result;
}

function counts(ids: readonly number[]): number[] {
  const times = new Map<number, number>();
  for (const id of ids) times.set(id, (times.get(id) ?? 0) + 1);
  return [...times.values()];
}

describe("placement", () => {
  test("one broker gets everything", () => {
    expect(placed(brokers([null, 1]), 3, 1)).toEqual([[1], [1], [1]]);
  });

  test("leaders and replicas spread evenly over brokers without racks", () => {
    const rows = placed(brokers([null, 1, 2, 3]), 3, 2);
    expect(counts(rows.map(([leader = -1]) => leader))).toEqual([1, 1, 1]);
    expect(counts(rows.flat())).toEqual([2, 2, 2]);
  });

  test("the replicas of a partition lie in different racks as far as there are any", () => {
    const usable = brokers(["a", 1, 2, 3], ["b", 4, 5, 6], ["c", 7, 8, 9]);
    const rackOf = new Map(usable.map(({ id, rack }) => [id, rack]));
    for (const row of placed(usable, 30, 3)) expect(new Set(row.map((id) => rackOf.get(id))).size).toBe(3);
  });

  test("where no broker is unfenced, or there are too few, it says so", () => {
    const fenced = [{ id: 1, rack: null, fenced: true }];
    expect(placeReplicas(fenced, 1, 1, seededRandom(1))).toHaveProperty(
      "problem",
      expect.stringMatching(/^All brokers/),
    );
    expect(placeReplicas(brokers([null, 1]), 1, 2, seededRandom(1))).toHaveProperty(
      "problem",
      expect.stringMatching(/^The target/),
    );
  });

  test("any cluster: distinct replicas, and an unfenced leader", () => {
    const broker = fc.record({ rack: fc.constantFrom(null, "a", "b", "c"), fenced: fc.boolean() });
    const cluster = fc
      .array(broker, { minLength: 1, maxLength: 9 })
      .map((all) => all.map((one, id) => ({ ...one, id })));
    fc.assert(
      fc.property(cluster, fc.integer({ min: 1, max: 9 }), fc.nat(), (usable, factor, seed) => {
        const unfenced = usable.filter(({ fenced }) => !fenced).length;
        fc.pre(unfenced > 0 && factor <= usable.length);
        for (const row of placed(usable, 25, factor, seed)) {
          expect(row).toHaveLength(factor);
          expect(new Set(row).size).toBe(factor);
          expect(usable[row[0] ?? -1]?.fenced).toBe(false);
        }
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});
