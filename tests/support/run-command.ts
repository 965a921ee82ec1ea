/** Runs a command to its end, with input and a deadline, and gives what it wrote. It does not outlive this process. */
import { spawn } from "node:child_process";
import { atExit } from "./at-exit.js";

export interface CommandResult {
  /** The exit code; -1 when it could not be started or was ended by a signal. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly timeoutMs?: number;
}

export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const timeoutMs = options.timeoutMs ?? 60_000;
  return new Promise((resolve) => {
    const child = spawn(command, args, { env: { ...process.env, ...options.env }, cwd: options.cwd });
    const callOffKill = atExit(() => void child.kill("SIGKILL"));
    const output = { stdout: "", stderr: "" };
    const timer = setTimeout(() => {
      output.stderr += `\n[ended by the test after ${timeoutMs} ms]`;
      child.kill("SIGKILL");
    }, timeoutMs);
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8");
      child[name].on("data", (chunk: string) => {
        output[name] += chunk;
      });
    }
    const finish = (code: number) => {
      clearTimeout(timer);
      callOffKill();
      resolve({ code, ...output });
    };
    child.once("error", (error) => {
      output.stderr += error.message;
      finish(-1);
    });
    child.once("close", (code) => finish(code ?? -1));
    // A command may end before it has read its input; that is its own affair.
    child.stdin.once("error", () => {});
    child.stdin.end(options.input ?? "");
  });
}

/** As `runCommand`, but another exit code than 0 is thrown with everything that the command wrote. */
export async function runCommandToSuccess(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const result = await runCommand(command, args, options);
  if (result.code !== 0) {
    throw new Error(`${command} ${args.join(" ")}\nended with ${result.code}\n${result.stdout}\n${result.stderr}`);
  }
  return result;
}
