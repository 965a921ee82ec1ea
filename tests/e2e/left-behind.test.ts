/** What a test or a bench has started and made goes with it, also when it is told to end in the middle. */
import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Child } from "../support/child-process.js";
import { inRepository } from "../support/repository.js";

const program = `
  import { exitWhenInterrupted } from "${inRepository("bench", "command", "interrupts.ts")}";
  import { Child } from "${inRepository("tests", "support", "child-process.ts")}";
  import { runCommand } from "${inRepository("tests", "support", "run-command.ts")}";
  import { temporaryFolder } from "${inRepository("tests", "support", "temporary-folder.ts")}";
  exitWhenInterrupted();
  const folder = temporaryFolder("left-behind").path;
  const { pid } = new Child({ command: "sleep", args: ["600"], cwd: folder });
  void runCommand("sh", ["-c", "echo $$ > pid; exec sleep 600"], { cwd: folder });
  console.log(JSON.stringify({ folder, pid }));
`;

test.each(["SIGINT", "SIGTERM"] as const)(
  "a process that ends by %s leaves no children and no folder",
  async (signal) => {
    const child = new Child({
      command: process.execPath,
      args: ["--import", "tsx", "--input-type=module", "--eval", program],
    });
    const { folder, pid } = await child.firstLine((line) => JSON.parse(line), 60_000);
    expect(runs(pid)).toBe(true);
    child.signal(signal);
    // As npm passes it on once more.
    child.signal(signal);
    expect(await child.ended).toBe(signal === "SIGINT" ? 130 : 143);
    expect(existsSync(folder)).toBe(false);
    await expect.poll(() => runs(pid)).toBe(false);
  },
);

/** A dead process stays in the list until somebody asks how it ended, and its parent is gone. */
function runs(pid: number): boolean {
  return existsSync(`/proc/${pid}`) && !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
}
