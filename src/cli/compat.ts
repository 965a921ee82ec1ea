/** `samsa compat`: runs real clients against a broker. The suite is a program of its own; this hands its arguments over. */
import { spawnSync } from "node:child_process";
import path from "node:path";
import type { Command } from "commander";
import { exitCodes } from "./exit-codes.js";

const name = "compat";

export function declareCompat(program: Command): void {
  program
    .command(name)
    .description("run real Kafka clients against Samsa, or with --bootstrap HOST:PORT against any broker")
    .argument("[clients...]", "only these; --list shows all")
    .addHelpText("after", "\nThe options, with examples: samsa compat --help")
    .allowUnknownOption()
    .helpOption(false)
    .action(() => {
      const args = process.argv.slice(process.argv.indexOf(name) + 1);
      // In the script that the build makes, this is the path of its file.
      const suite = path.join(path.dirname(import.meta.url), "compat.mjs");
      const { status } = spawnSync(process.execPath, [suite, ...args], { stdio: "inherit" });
      process.exitCode = status ?? exitCodes.failure;
    });
}
