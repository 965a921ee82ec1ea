import { expect, test } from "vitest";
import { nodeTooOld } from "./node-version.js";

test.each(["18.20.8", "20.9.0", "20.18.3"])("Node %s is told to be too old, in one sentence", (version) => {
  expect(nodeTooOld(version)).toBe(`this is Node ${version}, and Samsa needs Node 20.19 or later.`);
});

test.each(["20.19.0", "20.20.2", "22.0.0", "24.11.1", "100.0.0-nightly"])("Node %s will do", (version) => {
  expect(nodeTooOld(version)).toBeNull();
});
