import { expect, test } from "vitest";
import { errorName } from "../../protocol/errors.js";
import { controllerOn, type TestController } from "./controller.test-support.js";

const [UPGRADE, SAFE_DOWNGRADE] = [1, 2];

async function update(controller: TestController, feature: string, level: number, upgradeType: number) {
  const featureUpdates = [{ feature, maxVersionLevel: level, allowDowngrade: false, upgradeType }];
  const answer = await controller.call("updateFeatures", { timeoutMs: 0, featureUpdates, validateOnly: false });
  return errorName(answer.errorCode);
}

test("a feature that was switched off stays off when another controller takes over", async () => {
  const controller = await controllerOn();
  expect(await update(controller, "group.version", 0, SAFE_DOWNGRADE)).toBe("NONE");
  expect(controller.image.features.get("group.version")).toBe(0);
  const next = await controllerOn(controller.log);
  expect(next.image.features.get("group.version")).toBe(0);
});

test("metadata cannot be switched off", async () => {
  const controller = await controllerOn();
  expect(await update(controller, "metadata.version", 0, SAFE_DOWNGRADE)).toBe("INVALID_UPDATE_VERSION");
});

test("a downgrade that would raise a feature is refused: it was meant otherwise", async () => {
  const controller = await controllerOn();
  await update(controller, "transaction.version", 1, SAFE_DOWNGRADE);
  expect(await update(controller, "transaction.version", 2, SAFE_DOWNGRADE)).toBe("INVALID_UPDATE_VERSION");
  expect(controller.image.features.get("transaction.version")).toBe(1);
  expect(await update(controller, "transaction.version", 2, UPGRADE)).toBe("NONE");
});
