/** Who may not administer the cluster is told so, and the controller never hears of it. */
import { expect, test } from "vitest";
import { errors } from "../../protocol/errors.js";
import { apiByKey } from "../../protocol/messages/index.js";
import { defaultOf } from "../../protocol/schema/defaults.js";
import type { Fields } from "../../protocol/schema/fields.js";
import { ask } from "../ask.test-data.js";
import { handlerFor } from "./index.js";

/** What must not be as empty as the rest of the request. */
type Said = Readonly<Record<string, unknown>>;

const administration: [name: string, apiKey: number, said?: Said][] = [
  ["DescribeAcls", 29, { resourceTypeFilter: 1, operation: 1, permissionType: 1 }],
  ["ElectLeaders", 43],
  ["AlterPartitionReassignments", 45],
  ["ListPartitionReassignments", 46],
  ["DescribeClientQuotas", 48],
  ["DescribeUserScramCredentials", 50],
  ["DescribeQuorum", 55],
  ["UpdateFeatures", 57],
  ["UnregisterBroker", 64],
  ["ListConfigResources", 74],
  ["AddRaftVoter", 80],
  ["RemoveRaftVoter", 81],
];

function emptyRequest(fields: Fields): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, defaultOf(field)]));
}

test.each(administration)("%s", async (_name, apiKey, said = {}) => {
  const [handler, api] = [handlerFor(apiKey), apiByKey.get(apiKey)];
  if (handler === undefined || api === undefined) throw new Error("it is served");
  const caller = { broker: {}, forbidden: ["Cluster:kafka-cluster"] };
  const request = { ...emptyRequest(api.request.fields), ...said };
  const answer = await ask(handler, api, handler.versions.to, request, caller);
  expect(answer).toMatchObject({ errorCode: errors.CLUSTER_AUTHORIZATION_FAILED.code });
});
