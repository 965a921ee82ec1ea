/** Runs the cases: in the repository from their sources, in the package, which has no sources of the broker, as built. */
import { existsSync } from "node:fs";

if (existsSync(new URL("../../src", import.meta.url))) {
  const { register } = await import("tsx/esm/api");
  register();
  await import("./program.ts");
} else {
  await import("../../dist/acceptance.mjs");
}
