import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { apiByKey, apis } from "./index.js";

test("every API has a file that begins with its key, and stands in the list", () => {
  const files = readdirSync(new URL(".", import.meta.url)).filter((name) => /^\d\d-[a-z-]+\.ts$/.test(name));
  expect(files.sort()).toEqual(apis.map(({ key, name }) => `${String(key).padStart(2, "0")}-${kebab(name)}.ts`));
});

test("APIs are found by their key", () => {
  for (const api of apis) expect(apiByKey.get(api.key)).toBe(api);
  expect(apiByKey.size).toBe(apis.length);
});

function kebab(name: string): string {
  return name.replace(/(?<=[a-z])(?=[A-Z])/g, "-").toLowerCase();
}
