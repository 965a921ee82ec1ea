/** Each API at each version that both brokers serve: a request that is right, and one that is wrong. */
import { comparableVersions } from "../../requests/comparable-versions.js";
import { playSteps, type Step } from "../random-session.js";
import { scenario } from "../scenario.js";

const [RIGHT, WRONG] = [0, 1];

function stepsOf(brokenness: number): Step[] {
  const pairs = comparableVersions.flatMap(({ api, versions }) => versions.map((version) => ({ api, version })));
  return pairs.map(({ api, version }, number) => {
    return { number, api, version, seed: api.key * 100 + version, brokenness };
  });
}

export const everyVersion = scenario("every-version", async (session) => {
  await playSteps(session, "every", stepsOf(RIGHT));
});

export const everyVersionWrong = scenario("every-version-wrong", async (session) => {
  await playSteps(session, "wrong", stepsOf(WRONG));
});
