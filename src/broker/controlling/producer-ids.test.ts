import { expect, test } from "vitest";
import { errors } from "../../protocol/errors.js";
import { ProducerIds } from "./producer-ids.js";

test("producers that ask at the same time get ids of their own from one block after another", async () => {
  let blocks = 0;
  const ids = new ProducerIds(async () => ({ reply: { start: 1000 * blocks++, length: 2 } }));
  const given = await Promise.all(Array.from({ length: 5 }, () => ids.next()));
  expect(given.map((each) => ("producerId" in each ? each.producerId : -1))).toEqual([0, 1, 1000, 1001, 2000]);
  expect(blocks).toBe(3);
});

test("a producer hears why there is no id, and the next one asks again", async () => {
  let isLoading = true;
  const ids = new ProducerIds(async () =>
    isLoading ? { errorCode: errors.NOT_CONTROLLER.code } : { reply: { start: 7, length: 1 } },
  );
  expect(await ids.next()).toEqual({ errorCode: errors.NOT_CONTROLLER.code });
  isLoading = false;
  expect(await ids.next()).toEqual({ producerId: 7 });
});
