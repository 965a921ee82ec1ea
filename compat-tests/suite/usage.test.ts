import { expect, test } from "vitest";
import { inRepository } from "../../tests/support/repository.js";
import { clientsIn } from "./client.js";
import { suiteOptions, usage } from "./usage.js";

test("the repository is told of every option, the package of those that work there", () => {
  const options = Object.keys(suiteOptions);
  expect(options.filter((name) => !usage("repository", []).includes(`--${name} `))).toEqual([]);
  expect(options.filter((name) => !usage("package", []).includes(`--${name} `))).toEqual(["target"]);
  expect(usage("package", [])).not.toMatch(/npm run|--journeys|--report|--mutations/);
});

test("of a client that is named the help says what it is, and where its scenarios are listed", () => {
  const clients = clientsIn({ clients: inRepository("compat-tests"), cache: "/nowhere" });
  const acceptance = clients.filter(({ folderName }) => folderName === "acceptance");
  expect(usage("package", acceptance)).toMatch(
    /\nacceptance: .*, \d+ scenarios, listed by samsa compat acceptance --list$/,
  );
});

test("its lines fit into 120 columns", () => {
  expect(
    usage("repository", [])
      .split("\n")
      .filter((line) => line.length > 120),
  ).toEqual([]);
});
