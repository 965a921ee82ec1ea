import { describe, expect, test } from "vitest";
import { entityKey } from "../../../metadata/image/image.js";
import { errorName } from "../../../protocol/errors.js";
import { controllerOn, type TestController } from "../controller.test-support.js";

const anna = [{ entityType: "user", entityName: "anna" }];
const annasApp = [...anna, { entityType: "client-id", entityName: "app" }];

type Op = readonly [key: string, value: number | null];

async function quota(controller: TestController, entity: typeof anna, ops: readonly Op[], validateOnly = false) {
  const entries = [{ entity, ops: ops.map(([key, value]) => ({ key, value: value ?? 0, remove: value === null })) }];
  const answer = await controller.call("alterClientQuotas", { entries, validateOnly });
  return answer.entries.map(({ errorCode, errorMessage }) => `${errorName(errorCode)}: ${errorMessage}`);
}

function quotasOf({ image }: TestController, entity: typeof anna) {
  return Object.fromEntries(image.clientQuotas.get(entityKey(entity))?.quotas ?? []);
}

describe("quotas", () => {
  test("are set and removed one by one; an entity without any is forgotten", async () => {
    const controller = await controllerOn();
    await quota(controller, anna, [
      ["producer_byte_rate", 1000],
      ["request_percentage", 12.5],
    ]);
    expect(quotasOf(controller, anna)).toEqual({ producer_byte_rate: 1000, request_percentage: 12.5 });
    await quota(controller, anna, [["producer_byte_rate", null]]);
    expect(quotasOf(controller, anna)).toEqual({ request_percentage: 12.5 });
    await quota(controller, anna, [["request_percentage", null]]);
    expect(controller.image.clientQuotas.size).toBe(0);
  });

  test("the order in which an entity names its parts means nothing", async () => {
    const controller = await controllerOn();
    await quota(controller, annasApp, [["producer_byte_rate", 7]]);
    expect(quotasOf(controller, [...annasApp].reverse())).toEqual({ producer_byte_rate: 7 });
    const before = controller.log.endOffset;
    await quota(controller, [...annasApp].reverse(), [["producer_byte_rate", 7]]);
    expect(controller.log.endOffset).toBe(before);
  });

  test("one bad value spoils the entity's request, and validateOnly sets nothing", async () => {
    const controller = await controllerOn();
    const refusal = "INVALID_REQUEST: Quota consumer_byte_rate must be greater than 0";
    const ops: Op[] = [
      ["producer_byte_rate", 1],
      ["consumer_byte_rate", Number.NaN],
    ];
    expect(await quota(controller, anna, ops)).toEqual([refusal]);
    expect(await quota(controller, anna, ops.slice(0, 1), true)).toEqual(["NONE: null"]);
    expect(controller.image.clientQuotas.size).toBe(0);
  });
});

test("quotas of one entity given again and again are refused as quickly as those given twice", async () => {
  const controller = await controllerOn();
  const entries = Array(60_000).fill({ entity: anna, ops: [] });
  const answer = await controller.call("alterClientQuotas", { entries, validateOnly: false });
  expect(answer.entries.map(({ errorCode }) => errorName(errorCode))).toEqual(["INVALID_REQUEST"]);
});

function upsertion(name: string, mechanism = 1, iterations = 4096) {
  return { name, mechanism, iterations, salt: Uint8Array.of(1, 2), saltedPassword: Uint8Array.of(3, 4) };
}

describe("SCRAM credentials", () => {
  test("what is kept is not what was sent", async () => {
    const controller = await controllerOn();
    await controller.call("alterUserScramCredentials", { deletions: [], upsertions: [upsertion("anna", 2)] });
    const kept = controller.image.scramCredentials.get("anna")?.get(2);
    expect(kept).toEqual({
      salt: Uint8Array.of(1, 2),
      storedKey: Uint8Array.of(2),
      serverKey: Uint8Array.of(3),
      iterations: 4096,
    });
  });

  test("a user without credentials is forgotten", async () => {
    const controller = await controllerOn();
    await controller.call("alterUserScramCredentials", { deletions: [], upsertions: [upsertion("anna")] });
    const deletions = [{ name: "anna", mechanism: 1 }];
    await controller.call("alterUserScramCredentials", { deletions, upsertions: [] });
    expect(controller.image.scramCredentials.size).toBe(0);
  });

  test("of a request, what is good is done and what is not is refused", async () => {
    const controller = await controllerOn();
    const upsertions = [upsertion("anna"), upsertion("berta", 1, 5), upsertion("carla"), upsertion("carla", 2)];
    const { results } = await controller.call("alterUserScramCredentials", { deletions: [], upsertions });
    expect(new Map(results.map(({ user, errorCode }) => [user, errorName(errorCode)]))).toEqual(
      new Map([
        ["carla", "DUPLICATE_RESOURCE"],
        ["anna", "NONE"],
        ["berta", "UNACCEPTABLE_CREDENTIAL"],
      ]),
    );
    expect([...controller.image.scramCredentials.keys()]).toEqual(["anna"]);
  });
});
