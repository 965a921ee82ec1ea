import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { planEvacuation } from "./evacuate.js";
import { BYTES_THAT_MATTER } from "./even-bytes.js";
import { type BrokerLoad, bytesToCopy, type PlacedBroker, type PlacedPartition, type Plan } from "./placement.js";
import { planRebalance } from "./rebalance.js";

interface Cluster {
  readonly brokers: readonly PlacedBroker[];
  readonly partitions: readonly PlacedPartition[];
}

const MIB = 1024 * 1024;

/** Partitions of one factor, anywhere on brokers in racks in turn; `racks` 0: without racks. */
function clusters(racks: number, factor: fc.Arbitrary<number>, bytes: fc.Arbitrary<number>): fc.Arbitrary<Cluster> {
  return fc
    .record({ perRack: fc.integer({ min: 1, max: 3 }), free: fc.integer({ min: 1, max: 7 }), factor, bytes })
    .chain(({ perRack, free, factor: wanted }) => {
      const count = racks === 0 ? free : racks * perRack;
      const brokers = Array.from({ length: count }, (_, at) => ({
        id: at + 1,
        rack: racks === 0 ? null : `rack-${at % racks}`,
      }));
      const replicas = fc.shuffledSubarray(
        brokers.map(({ id }) => id),
        { minLength: Math.min(wanted, count), maxLength: Math.min(wanted, count) },
      );
      return fc.array(fc.tuple(replicas, bytes), { maxLength: 60 }).map((drawn) => ({
        brokers,
        partitions: drawn.map(([ids, size], at) => {
          const place = { topic: `t${at % 3}`, index: Math.floor(at / 3) };
          return { ...place, replicas: ids, replicasWished: ids.length, bytes: size, isFixed: false };
        }),
      }));
    });
}

const factors = fc.integer({ min: 1, max: 4 });
const anySize = fc.nat({ max: 500 }).map((mib) => mib * MIB);

function spread(plan: Plan, of: (load: BrokerLoad) => number): number {
  const loads = [...plan.after.values()].map(of);
  return Math.max(...loads) - Math.min(...loads);
}

function carriedOut({ partitions }: Cluster, { moves }: Plan): readonly PlacedPartition[] {
  return partitions.map((one) => {
    const move = moves.find(({ topic, index }) => topic === one.topic && index === one.index);
    return move === undefined ? one : { ...one, replicas: move.to };
  });
}

function racksOf({ brokers }: Cluster, replicas: readonly number[]): number {
  return new Set(replicas.map((id) => brokers.find((broker) => broker.id === id)?.rack ?? id)).size;
}

function check(cluster: Cluster, plan: Plan): void {
  for (const { from, to, adds } of plan.moves) {
    expect(to).not.toEqual(from);
    expect(new Set(to).size).toBe(from.length);
    expect(to.length).toBe(from.length);
    expect(adds).toEqual(to.filter((id) => !from.includes(id)));
    expect(racksOf(cluster, to)).toBeGreaterThanOrEqual(racksOf(cluster, from));
  }
}

/** The fewest replicas that have to move until all brokers have as many: the fullest may keep one more. */
function fewestMoves({ brokers, partitions }: Cluster): number {
  const held = brokers.map(({ id }) => partitions.filter(({ replicas }) => replicas.includes(id)).length);
  const total = held.reduce((sum, count) => sum + count, 0);
  const share = Math.floor(total / brokers.length);
  const oneMore = total % brokers.length;
  const falling = held.sort((one, other) => other - one);
  return falling.reduce((sum, count, at) => sum + Math.max(0, count - share - (at < oneMore ? 1 : 0)), 0);
}

describe("a rebalance", () => {
  test("evens out replicas and leaders of any cluster without racks, and then has nothing more to do", () => {
    fc.assert(
      fc.property(clusters(0, factors, anySize), (cluster) => {
        const plan = planRebalance(cluster.brokers, cluster.partitions);
        check(cluster, plan);
        if (cluster.partitions.length === 0) return;
        expect(spread(plan, ({ replicas }) => replicas)).toBeLessThanOrEqual(1);
        expect(spread(plan, ({ leaders }) => leaders)).toBeLessThanOrEqual(1);
        expect(planRebalance(cluster.brokers, carriedOut(cluster, plan)).moves).toEqual([]);
      }),
      { seed: 7, numRuns: 300 },
    );
  });

  test("moves no more replicas than it must", () => {
    fc.assert(
      fc.property(clusters(0, factors, fc.constant(0)), (cluster) => {
        const { moves } = planRebalance(cluster.brokers, cluster.partitions);
        expect(moves.reduce((sum, { adds }) => sum + adds.length, 0)).toBe(fewestMoves(cluster));
      }),
      { seed: 7, numRuns: 300 },
    );
  });

  test("keeps partitions on as many racks as they are on, and wins back those that share one", () => {
    fc.assert(
      fc.property(clusters(3, fc.constant(3), anySize), (cluster) => {
        const plan = planRebalance(cluster.brokers, cluster.partitions);
        check(cluster, plan);
        if (cluster.partitions.length === 0) return;
        for (const { replicas } of carriedOut(cluster, plan)) expect(racksOf(cluster, replicas)).toBe(replicas.length);
        expect(spread(plan, ({ replicas }) => replicas)).toBeLessThanOrEqual(1);
        expect(spread(plan, ({ leaders }) => leaders)).toBeLessThanOrEqual(1);
      }),
      { seed: 7, numRuns: 200 },
    );
  });

  test("of two racks of which one is smaller loads its brokers more, rather than lose a rack", () => {
    const brokers = [1, 2, 3].map((id) => ({ id, rack: id === 1 ? "a" : "b" }));
    const partitions = [2, 2, 2, 2, 3, 3].map((other, index) => partition(index, [1, other]));
    const plan = planRebalance(brokers, partitions);
    expect([...plan.after.values()].map(({ replicas }) => replicas)).toEqual([6, 3, 3]);
    expect(plan.moves.filter(({ adds }) => adds.length > 0)).toHaveLength(1);
  });

  test("gives a new broker its share of everything, and moves nothing between the old ones", () => {
    const sizes = [900, 10, 10, 10, 300, 300, 20, 500, 40, 40, 100, 70];
    const partitions = sizes.map((mib, index) => partition(index, [1 + (index % 2), 2 - (index % 2)], mib * MIB));
    const brokers = [1, 2, 3].map((id) => ({ id, rack: null }));
    const plan = planRebalance(brokers, partitions);
    for (const { adds } of plan.moves.filter((move) => move.adds.length > 0)) expect(adds).toEqual([3]);
    expect([...plan.after.values()].map(({ replicas, leaders }) => [replicas, leaders])).toEqual([
      [8, 4],
      [8, 4],
      [8, 4],
    ]);
    const mean = (2 * sizes.reduce((sum, mib) => sum + mib, 0) * MIB) / 3;
    for (const { bytes } of plan.after.values()) expect(Math.abs(bytes - mean) / mean).toBeLessThan(0.15);
  });

  test("exchanges large partitions for small ones where only bytes are uneven", () => {
    const sizes = [500, 1, 500, 1, 500, 1, 500, 1];
    const partitions = sizes.map((mib, index) => partition(index, [1 + (index % 2)], mib * MIB));
    const plan = planRebalance(
      [1, 2].map((id) => ({ id, rack: null })),
      partitions,
    );
    expect([...plan.after.values()]).toEqual(
      [1, 2].map(() => ({ replicas: 4, leaders: 4, bytes: (2 * 500 + 2) * MIB })),
    );
    expect(plan.moves).toHaveLength(4);
  });

  test("does not touch what is too small to matter, nor what moves already", () => {
    const small = [8, 1, 8, 1].map((share, index) =>
      partition(index, [1 + (index % 2)], share * (BYTES_THAT_MATTER / 20)),
    );
    const brokers = [1, 2].map((id) => ({ id, rack: null }));
    expect(planRebalance(brokers, small).moves).toEqual([]);
    const moving = [0, 1, 2, 3].map((index) => ({ ...partition(index, [1]), isFixed: index < 3 }));
    expect(planRebalance(brokers, moving).moves.map(({ index }) => index)).toEqual([3]);
  });

  test("takes neighbours from different topics, so that no topic gathers on the new broker", () => {
    const partitions = ["a", "b", "c"].flatMap((topic) =>
      [0, 1, 2].map((index) => ({ ...partition(index, [1]), topic })),
    );
    const plan = planRebalance(
      [1, 2, 3].map((id) => ({ id, rack: null })),
      partitions,
    );
    const topicsOn = (id: number) =>
      plan.moves
        .filter(({ adds }) => adds.includes(id))
        .map(({ topic }) => topic)
        .sort();
    expect([topicsOn(2), topicsOn(3)]).toEqual([
      ["a", "b", "c"],
      ["a", "b", "c"],
    ]);
  });

  test("adds the replicas that are missing, each on a rack of its own, and evenly", () => {
    fc.assert(
      fc.property(clusters(3, fc.constant(1), anySize), (cluster) => {
        const wishing = cluster.partitions.map((one) => ({ ...one, replicasWished: 3 }));
        const plan = planRebalance(cluster.brokers, wishing);
        if (cluster.partitions.length === 0) return;
        const after = carriedOut(cluster, plan);
        for (const { replicas } of after) expect([replicas.length, racksOf(cluster, replicas)]).toEqual([3, 3]);
        expect(spread(plan, ({ replicas }) => replicas)).toBeLessThanOrEqual(1);
        expect(spread(plan, ({ leaders }) => leaders)).toBeLessThanOrEqual(1);
      }),
      { seed: 7, numRuns: 100 },
    );
  });

  test("keeps the replica that is there when others are added, where brokers need not be evened out", () => {
    const brokers = [1, 2, 3].map((id) => ({ id, rack: null }));
    const lonely = { ...partition(0, [1]), replicasWished: 3 };
    expect(planRebalance(brokers, [lonely]).moves).toMatchObject([{ from: [1], adds: [2, 3] }]);
    expect(planRebalance(brokers, [{ ...lonely, isFixed: true }]).moves).toEqual([]);
  });

  test("plans thousands of partitions for a fourth broker", () => {
    const partitions = Array.from({ length: 3_000 }, (_, at) => ({
      ...partition(Math.floor(at / 60), [1 + (at % 3), 1 + ((at + 1) % 3), 1 + ((at + 2) % 3)], (at % 97) * MIB),
      topic: `t${at % 60}`,
    }));
    const plan = planRebalance(
      [1, 2, 3, 4].map((id) => ({ id, rack: null })),
      partitions,
    );
    expect([...plan.after.values()].map(({ replicas, leaders }) => [replicas, leaders])).toEqual(
      [1, 2, 3, 4].map(() => [2_250, 750]),
    );
    expect(plan.moves.reduce((sum, { adds }) => sum + adds.length, 0)).toBe(2_250);
  });
});

describe("what lies on a broker that goes", () => {
  test("moves to those that stay, and nothing else moves", () => {
    fc.assert(
      fc.property(clusters(0, factors, anySize), ({ brokers, partitions }) => {
        const goes = brokers[0]?.id ?? 1;
        const plan = planEvacuation(brokers.slice(1), partitions, goes);
        const held = partitions.filter(({ replicas }) => replicas.includes(goes));
        if ("homeless" in plan) {
          for (const { replicas } of plan.homeless) expect(replicas).toBeGreaterThan(brokers.length - 1);
          return;
        }
        check({ brokers, partitions }, plan);
        expect(plan.moves).toHaveLength(held.length);
        expect(plan.after.get(goes)?.replicas ?? 0).toBe(0);
        expect(bytesToCopy(plan.moves)).toBe(held.reduce((sum, { bytes }) => sum + bytes, 0));
      }),
      { seed: 7, numRuns: 200 },
    );
  });

  test("stays on as many racks as it can", () => {
    const brokers = [1, 2, 3, 4].map((id) => ({ id, rack: id % 2 === 0 ? "b" : "a" }));
    const partitions = [0, 1, 2, 3].map((index) => partition(index, [1, 2]));
    const plan = planEvacuation(brokers.slice(1), partitions, 1);
    expect("moves" in plan ? plan.moves.map(({ to }) => to) : plan).toEqual(partitions.map(() => [3, 2]));
  });

  test("has nowhere to go where there are no more brokers than replicas", () => {
    const brokers = [2, 3].map((id) => ({ id, rack: null }));
    expect(planEvacuation(brokers, [partition(0, [1, 2, 3])], 1)).toEqual({
      homeless: [{ topic: "t", index: 0, replicas: 3 }],
    });
  });
});

function partition(index: number, replicas: readonly number[], bytes = 0): PlacedPartition {
  return { topic: "t", index, replicas, replicasWished: replicas.length, bytes, isFixed: false };
}
