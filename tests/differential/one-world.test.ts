import { expect, test } from "vitest";
import { Metadata } from "../../src/protocol/messages/03-metadata.js";
import { CreateTopics } from "../../src/protocol/messages/19-create-topics.js";
import { DescribeClientQuotas } from "../../src/protocol/messages/48-describe-client-quotas.js";
import type { Api } from "../../src/protocol/schema/message.js";
import { ofOneWorld } from "./one-world.js";

const names = { run: "random1x", prefix: "random1x7x0", scratchTopic: "random1x7x0-scratch" };

function seen(api: Api, body: unknown): unknown {
  const exchange = { title: api.name, api, version: 0, request: null, answer: { body } };
  return ofOneWorld({ exchanges: [exchange], endedBy: null }, names).exchanges[0]?.answer;
}

test("a list of all topics shows those of this session and those of no session", () => {
  const topics = ["random1x7x0-one", "random1x8x0-one", "random1x7x0-scratch", "__consumer_offsets"];
  const own = [{ name: "random1x7x0-one" }, { name: "__consumer_offsets" }];
  expect(seen(Metadata, { topics: topics.map((name) => ({ name })) })).toEqual({ body: { topics: own } });
});

test("what a session did to its scratch topic is shown", () => {
  const body = { topics: [{ name: "random1x7x0-scratch", errorCode: 0 }] };
  expect(seen(CreateTopics, body)).toEqual({ body });
});

test("a quota is of the session whose user it names", () => {
  const entryOf = (entityName: string) => ({ entity: [{ entityType: "user", entityName }], values: [] });
  const body = { entries: [entryOf("random1x7x0-user"), entryOf("random1x8x0-user")] };
  expect(seen(DescribeClientQuotas, body)).toEqual({ body: { entries: [entryOf("random1x7x0-user")] } });
});
