import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { inRepository } from "../../tests/support/repository.js";
import { scenarios } from "../scenarios.js";
import { clientsIn } from "./client.js";

const clients = clientsIn({ clients: inRepository("compat-tests"), cache: "/nowhere" });

test("every client can be installed", () => {
  expect(clients.length).toBeGreaterThanOrEqual(12);
  for (const { folder } of clients) expect(existsSync(join(folder, "install.sh"))).toBe(true);
});

test("what is known of a client is known of a scenario", () => {
  const ids = scenarios.map(({ id }) => id);
  for (const { known } of clients) expect(ids).toEqual(expect.arrayContaining(Object.keys(known)));
});
