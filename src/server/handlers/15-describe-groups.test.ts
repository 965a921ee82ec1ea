import { expect, test } from "vitest";
import type { Broker } from "../../broker/broker.js";
import { errors } from "../../protocol/errors.js";
import { DescribeGroups } from "../../protocol/messages/15-describe-groups.js";
import { ask } from "../ask.test-data.js";
import { describeGroups } from "./15-describe-groups.js";

/** A broker whose coordinators count what they are asked. */
function counting(answerOf: (groupId: string) => object) {
  const asked: string[] = [];
  const shard = {
    ask: (_call: string, { groupIds: [groupId = ""] }: { readonly groupIds: readonly string[] }) => {
      asked.push(groupId);
      return { reply: [answerOf(groupId)] };
    },
  };
  return { asked, groups: { shardOf: () => shard } as unknown as Broker["groups"] };
}

const groupIds = ["a", "b", "a", "a"];

test("a group that is named again is answered again, and its coordinator is asked once", async () => {
  const { asked, groups } = counting((groupId) => ({
    ...{ errorCode: 0, groupId, groupState: "Empty", protocolType: "", protocolData: "", members: [] },
  }));
  const request = { groups: groupIds, includeAuthorizedOperations: true };
  const answer = await ask(describeGroups, DescribeGroups, 5, request, { broker: { groups } });
  expect(answer.groups.map(({ groupId }) => groupId)).toEqual(groupIds);
  expect(asked).toEqual(["a", "b"]);
});

test("so is one that the caller may not see, without being asked for", async () => {
  const { asked, groups } = counting(() => ({}));
  const caller = { broker: { groups }, forbidden: ["Group:a", "Group:b"] };
  const request = { groups: groupIds, includeAuthorizedOperations: false };
  const answer = await ask(describeGroups, DescribeGroups, 5, request, caller);
  const refused = groupIds.map(() => errors.GROUP_AUTHORIZATION_FAILED.code);
  expect(answer.groups.map(({ errorCode }) => errorCode)).toEqual(refused);
  expect(asked).toEqual([]);
});
