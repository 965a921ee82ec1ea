/** A folder that lives as long as the test that asks for it. */
import { onTestFinished } from "vitest";
import { temporaryFolder } from "./temporary-folder.js";

/** Its path. The folder goes when everything is over that the test has asked for later. */
export function folderOfThisTest(): string {
  const { path, remove } = temporaryFolder("test");
  onTestFinished(remove);
  return path;
}
