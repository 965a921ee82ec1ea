import { describe, expect, test } from "vitest";
import { apiByKey, apis } from "../../protocol/messages/index.js";
import { parseVersions } from "../../protocol/schema/versions.js";
import { handlerFor, handlers } from "./index.js";

describe("the registry of handlers", () => {
  test("no API is served by two handlers, and the keys rise", () => {
    const keys = handlers.map(({ api }) => api.key);
    expect(keys).toEqual([...new Set(keys)].sort((a, b) => a - b));
  });

  test("each handler serves versions that its API declares", () => {
    for (const { api, versions } of handlers) {
      const declared = parseVersions(api.versions);
      expect(apiByKey.get(api.key), api.name).toBe(api);
      expect(versions.from, api.name).toBeLessThanOrEqual(versions.to);
      expect(versions.from, api.name).toBeGreaterThanOrEqual(declared.first);
      expect(versions.to, api.name).toBeLessThanOrEqual(declared.last);
    }
  });

  test("every API that is declared is served, save those of share groups and streams groups", () => {
    const unserved = apis.filter(({ key }) => handlerFor(key) === undefined).map(({ name }) => name);
    expect(unserved.filter((name) => !/Share|StreamsGroup/.test(name))).toEqual([]);
  });
});
