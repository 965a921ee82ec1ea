import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { importsBelow } from "../../tests/architecture/imports.js";
import { inRepository } from "../../tests/support/repository.js";
import { clientsIn } from "./client.js";

const clients = clientsIn({ clients: inRepository("compat-tests"), cache: "/nowhere" });

test("every client can be installed", () => {
  expect(clients.length).toBeGreaterThanOrEqual(12);
  for (const { folder, language } of clients) {
    // Of our own language there is nothing to install: the package has all of it.
    if (language !== "TypeScript") expect(existsSync(join(folder, "install.sh"))).toBe(true);
  }
});

test("what is known of a client is known of a scenario", () => {
  for (const { known, scenarios } of clients) {
    const ids = scenarios.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(Object.keys(known)));
  }
});

test("the acceptance cases know nothing of the suite that runs them", async () => {
  const imports = await importsBelow("compat-tests/acceptance");
  const own = imports.filter(({ from }) => from.startsWith("compat-tests/acceptance/"));
  expect(own.map(({ to }) => to)).toContain("compat-tests/contract.ts");
  expect(own.filter(({ to }) => to.startsWith("compat-tests/suite/"))).toEqual([]);
});
