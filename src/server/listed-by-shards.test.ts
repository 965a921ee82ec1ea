import { expect, test } from "vitest";
import { errors } from "../protocol/errors.js";
import { listedByShards } from "./listed-by-shards.js";

test("what all shards list stands in one list, however long it is", () => {
  const ids = Array.from({ length: 150_000 }, (_, at) => at);
  const all = listedByShards([{ reply: ids }, { reply: [] }, { reply: [-1] }]);
  const listed = "listed" in all ? all.listed : [];
  expect([listed.length, listed[0], listed.at(-1)]).toEqual([150_001, 0, -1]);
});

test("a shard that is still loading spoils the list, since it would be mistaken for the whole", () => {
  const errorCode = errors.COORDINATOR_LOAD_IN_PROGRESS.code;
  expect(listedByShards([{ reply: ["a"] }, { errorCode }])).toEqual({ errorCode });
});

test("a shard that has just gone to another broker is listed there", () => {
  const gone = [errors.NOT_COORDINATOR.code, errors.NOT_LEADER_OR_FOLLOWER.code].map((errorCode) => ({ errorCode }));
  expect(listedByShards([...gone, { reply: ["a"] }])).toEqual({ listed: ["a"] });
});
