import { describe, expect, test } from "vitest";
import type { Broker } from "../../broker/broker.js";
import { configWith } from "../../config/config.test-data.js";
import { errors } from "../../protocol/errors.js";
import { DeleteTopics } from "../../protocol/messages/20-delete-topics.js";
import { ZERO_UUID } from "../../protocol/wire/zero-uuid.js";
import { ask, imageWith } from "../ask.test-data.js";
import { deleteTopics } from "./20-delete-topics.js";

const image = imageWith({ orders: 1, bills: 1 });
const idOf = (topic: string) => image.topicsByName.get(topic)?.id ?? "";
const { NONE, TOPIC_AUTHORIZATION_FAILED } = errors;

describe("DeleteTopics", () => {
  test("who may delete everything has the controller decide on all topics, by name or id", async () => {
    const { asked, responses } = await askFor([byName("orders"), byId(idOf("bills"))]);
    expect(asked).toEqual([byName("orders"), byId(idOf("bills"))]);
    expect(responses.map(({ errorCode }) => errorCode)).toEqual([NONE.code, NONE.code]);
  });

  test("a topic that the caller may not delete never reaches the controller", async () => {
    const forbidden = ["Cluster:kafka-cluster", "Topic:bills"];
    const { asked, responses } = await askFor([byName("orders"), byName("bills"), byId(idOf("bills"))], { forbidden });
    expect(asked).toEqual([byName("orders")]);
    expect(responses.slice(1)).toMatchObject([
      { name: "bills", errorCode: TOPIC_AUTHORIZATION_FAILED.code },
      // Whose id it is stays untold.
      { name: null, topicId: idOf("bills"), errorCode: TOPIC_AUTHORIZATION_FAILED.code },
    ]);
  });

  test("nothing is deleted where deletion is switched off", async () => {
    const sets = ["delete.topic.enable=false"];
    const { asked, responses } = await askFor([byName("orders")], { sets });
    expect(asked).toEqual([]);
    expect(responses).toMatchObject([{ name: "orders", errorCode: errors.TOPIC_DELETION_DISABLED.code }]);
  });
});

interface Named {
  readonly name: string | null;
  readonly topicId: string;
}

function byName(name: string): Named {
  return { name, topicId: ZERO_UUID };
}

function byId(topicId: string): Named {
  return { name: null, topicId };
}

/** The controller deletes whatever it is asked to. */
async function askFor(topics: readonly Named[], { forbidden = [] as string[], sets = [] as string[] } = {}) {
  const config = configWith(...sets);
  const asked: Named[] = [];
  const call = async (_name: string, request: { readonly topics: readonly Named[] }) => {
    asked.push(...request.topics);
    return { reply: { responses: request.topics.map((topic) => ({ ...topic, errorCode: NONE.code })) } };
  };
  const controller = { call } as unknown as Broker["controller"];
  const caller = { broker: { config, controller }, image, forbidden };
  const { responses } = await ask(deleteTopics, DeleteTopics, 6, { topics, timeoutMs: 1000 }, caller);
  return { asked, responses };
}
