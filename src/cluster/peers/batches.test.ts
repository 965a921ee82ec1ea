import { expect, test } from "vitest";
import { settled } from "../../../tests/support/manual-environment.js";
import { Batches } from "./batches.js";

/** Every request waits until it is answered by hand, with its items in capitals. */
function held(itemsMax: number, waitingMax = 100) {
  const asked: string[] = [];
  const answers: (() => void)[] = [];
  const batches = new Batches<string, string>({
    limits: { itemsMax, waitingMax },
    full: (item) => `no room for ${item}`,
    ask: (brokerId, items) => {
      asked.push(`${brokerId}: ${items.join(" ")}`);
      return new Promise((resolve) => {
        answers.push(() => resolve(items.map((item) => item.toUpperCase())));
      });
    },
  });
  const answerNext = async () => {
    answers.shift()?.();
    await settled();
  };
  return { batches, asked, answerNext };
}

test("what comes while a request is under way goes in the next one", async () => {
  const { batches, asked, answerNext } = held(10);
  const first = batches.ask(1, "a");
  const later = [batches.ask(1, "b"), batches.ask(1, "c")];
  const elsewhere = batches.ask(2, "d");
  expect(asked).toEqual(["1: a", "2: d"]);
  await answerNext();
  expect(asked).toEqual(["1: a", "2: d", "1: b c"]);
  await answerNext();
  await answerNext();
  expect(await Promise.all([first, ...later, elsewhere])).toEqual(["A", "B", "C", "D"]);
  void batches.ask(1, "e");
  expect(asked.at(-1)).toBe("1: e");
});

test("no request is larger than it may be", async () => {
  const { batches, asked, answerNext } = held(2);
  const all = ["a", "b", "c", "d"].map((item) => batches.ask(1, item));
  for (let i = 0; i < 3; i++) await answerNext();
  expect(asked).toEqual(["1: a", "1: b c", "1: d"]);
  expect(await Promise.all(all)).toEqual(["A", "B", "C", "D"]);
});

test("behind a broker that does not answer only so many wait", async () => {
  const { batches, asked, answerNext } = held(10, 2);
  const [first, , third, fourth] = ["a", "b", "c", "d"].map((item) => batches.ask(1, item));
  expect(await fourth).toBe("no room for d");
  await answerNext();
  expect(await first).toBe("A");
  await answerNext();
  expect([asked, await third]).toEqual([["1: a", "1: b c"], "C"]);
});

test("a request that fails for a reason of ours fails its items, and no others", async () => {
  let asked = 0;
  const batches = new Batches<string, string>({
    limits: { itemsMax: 10, waitingMax: 10 },
    full: (item) => item,
    ask: async (_, items) => {
      if (asked++ === 0) throw new Error("a bug");
      return items;
    },
  });
  const first = batches.ask(1, "a");
  const second = batches.ask(1, "b");
  await expect(first).rejects.toThrow("a bug");
  expect(await second).toBe("b");
});
