import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Assignment, AssignmentSpec, Assignor, MemberSpec } from "./assignor.js";
import { range } from "./range.js";
import { uniform } from "./uniform.js";

function assign(assignor: Assignor, spec: AssignmentSpec): Assignment {
  const steps = assignor.assign(spec);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

function member(id: string, topicIds: readonly string[], before: Assignment = new Map()): MemberSpec {
  return { id, instanceId: null, topicIds: new Set(topicIds), before: before.get(id) ?? new Map() };
}

/** `t:0,1 u:3` by member. */
function shown(assignment: Assignment): Record<string, string> {
  const texts = [...assignment].map(([id, topics]) => [
    id,
    [...topics].map(([topic, partitions]) => `${topic}:${[...partitions].sort((a, b) => a - b)}`).join(" "),
  ]);
  return Object.fromEntries(texts);
}

function sizesOf(assignment: Assignment): number[] {
  return [...assignment.values()].map((topics) => [...topics.values()].reduce((sum, { size }) => sum + size, 0));
}

function movesBetween(before: Assignment, after: Assignment): number {
  let moves = 0;
  for (const [id, topics] of before) {
    for (const [topic, partitions] of topics) {
      for (const partition of partitions) if (after.get(id)?.get(topic)?.has(partition) !== true) moves++;
    }
  }
  return moves;
}

describe("range", () => {
  test("each topic is cut into ranges, and the first members get one more", () => {
    const topics = new Map([
      ["t", 5],
      ["u", 2],
    ]);
    const members = [member("b", ["t", "u"]), member("a", ["t", "u"])];
    expect(shown(assign(range, { topics, members }))).toEqual({ a: "t:0,1,2 u:0", b: "t:3,4 u:1" });
  });

  test("static members stand in the order of their instances, whatever their member ids are", () => {
    const members = [
      { ...member("a", ["t"]), instanceId: "second" },
      { ...member("b", ["t"]), instanceId: "first" },
    ];
    expect(shown(assign(range, { topics: new Map([["t", 2]]), members }))).toEqual({ b: "t:0", a: "t:1" });
  });

  test("who did not subscribe to a topic gets nothing of it", () => {
    const members = [member("a", ["u"]), member("b", ["t"])];
    const topics = new Map([
      ["t", 2],
      ["u", 1],
    ]);
    expect(shown(assign(range, { topics, members }))).toEqual({ a: "u:0", b: "t:0,1" });
  });
});

describe("uniform", () => {
  test("a member that comes takes only its share, and from those who have too much", () => {
    const topics = new Map([["t", 6]]);
    const two = assign(uniform, { topics, members: [member("a", ["t"]), member("b", ["t"])] });
    const members = ["a", "b", "c"].map((id) => member(id, ["t"], two));
    const three = assign(uniform, { topics, members });
    expect(sizesOf(three)).toEqual([2, 2, 2]);
    expect(movesBetween(two, three)).toBe(2);
  });

  test("when a member goes, the others keep what they have and share what it had", () => {
    const topics = new Map([["t", 6]]);
    const three = assign(uniform, { topics, members: ["a", "b", "c"].map((id) => member(id, ["t"])) });
    const two = assign(uniform, { topics, members: ["a", "b"].map((id) => member(id, ["t"], three)) });
    expect(sizesOf(two)).toEqual([3, 3]);
    expect(movesBetween(three, two)).toBe(2);
  });

  test("who alone may read a topic gets less of those that others may read too", () => {
    const topics = new Map([
      ["t", 4],
      ["u", 2],
    ]);
    const assignment = assign(uniform, { topics, members: [member("a", ["t", "u"]), member("b", ["t"])] });
    expect(sizesOf(assignment)).toEqual([3, 3]);
  });

  test("10,000 partitions and 1,000 members are worked out in slices", () => {
    const topics = new Map(Array.from({ length: 100 }, (_, i) => [`t${i}`, 100]));
    const members = Array.from({ length: 1000 }, (_, i) => member(`m${i}`, [...topics.keys()]));
    const steps = uniform.assign({ topics, members });
    let slices = 0;
    let step = steps.next();
    for (; step.done !== true; step = steps.next()) slices++;
    expect(slices).toBeGreaterThan(100);
    expect(new Set(sizesOf(step.value))).toEqual(new Set([10]));
  });
});

const topicIds = ["t", "u", "v"];
const anyTopics = fc
  .record({ t: fc.nat(7), u: fc.nat(4), v: fc.nat(3) })
  .map((counts) => new Map(Object.entries(counts)));
const anyMembers = fc.uniqueArray(fc.record({ id: fc.constantFrom(..."abcdefg"), topics: fc.subarray(topicIds) }), {
  selector: ({ id }) => id,
  maxLength: 7,
});

function partitionsWanted({ topics, members }: AssignmentSpec): string[] {
  return [...topics].flatMap(([topic, count]) =>
    members.some((each) => each.topicIds.has(topic)) ? Array.from({ length: count }, (_, i) => `${topic}-${i}`) : [],
  );
}

function partitionsGiven(assignment: Assignment): string[] {
  return [...assignment.values()].flatMap((topics) =>
    [...topics].flatMap(([topic, partitions]) => [...partitions].map((partition) => `${topic}-${partition}`)),
  );
}

test.each([range, uniform])("$name: every partition goes to one subscriber, whatever was before", (assignor) => {
  fc.assert(
    fc.property(anyTopics, anyMembers, anyTopics, anyMembers, (topicsBefore, membersBefore, topics, membersNow) => {
      const first = { topics: topicsBefore, members: membersBefore.map(({ id, topics: ids }) => member(id, ids)) };
      const before = assign(assignor, first);
      const spec = { topics, members: membersNow.map(({ id, topics: ids }) => member(id, ids, before)) };
      const after = assign(assignor, spec);
      expect(partitionsGiven(after).sort()).toEqual(partitionsWanted(spec).sort());
      for (const { id, topicIds: subscribed } of spec.members) {
        for (const topic of after.get(id)?.keys() ?? []) expect(subscribed).toContain(topic);
      }
    }),
    { seed: 20261121 },
  );
});

test("uniform: where all may have everything, parts differ by one at most, and no more moves than must", () => {
  const anyIds = fc.subarray([..."abcdefg"], { minLength: 1 });
  fc.assert(
    fc.property(anyTopics, anyIds, anyIds, (topics, idsBefore, ids) => {
      const before = assign(uniform, { topics, members: idsBefore.map((id) => member(id, topicIds)) });
      const after = assign(uniform, { topics, members: ids.map((id) => member(id, topicIds, before)) });
      const sizes = sizesOf(after);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      const total = [...topics.values()].reduce((sum, count) => sum + count, 0);
      expect(movesBetween(before, after)).toBe(fewestMoves(before, ids, total));
    }),
    { seed: 20261121 },
  );
});

/** Those who stay give up what is above their share; as many as there are partitions over may keep one more. */
function fewestMoves(before: Assignment, ids: readonly string[], total: number): number {
  const share = Math.floor(total / ids.length);
  let larger = total % ids.length;
  let moves = 0;
  for (const [id, topics] of before) {
    const size = sizesOf(new Map([[id, topics]]))[0] ?? 0;
    const keeps = !ids.includes(id) ? 0 : size > share && larger-- > 0 ? share + 1 : share;
    moves += Math.max(0, size - keeps);
  }
  return moves;
}
