/**
 * A long-lived child process of a test: its output is kept, it is waited for by a line that it prints, and it is ended
 * by its process id. A child that is still alive when the test process exits is killed.
 */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { atExit } from "./at-exit.js";

const OUTPUT_CHARACTERS_MAX = 200_000;

export interface ChildOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export class Child {
  readonly pid: number;
  /** How the process ended: its exit code, or the name of the signal. */
  readonly ended: Promise<number | NodeJS.Signals>;
  readonly #process: ChildProcessByStdio<null, Readable, Readable>;
  readonly #lineListeners = new Set<(line: string) => void>();
  readonly #callOffKill: () => void;
  #output = "";
  #hasEnded = false;

  constructor(options: ChildOptions) {
    this.#process = spawn(options.command, options.args, {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...options.env },
      cwd: options.cwd,
    });
    this.pid = this.#process.pid ?? -1;
    this.ended = new Promise((resolve) => {
      this.#process.once("error", (error) => this.#end(() => resolve(-1), error.message));
      this.#process.once("exit", (code, signal) => this.#end(() => resolve(code ?? signal ?? -1)));
    });
    this.#callOffKill = atExit(() => this.signal("SIGKILL"));
    this.#listen(this.#process.stdout);
    this.#listen(this.#process.stderr);
  }

  /** The last part of what the process wrote, both streams as they came. */
  get output(): string {
    return this.#output;
  }

  /** The first line, of either stream, for which `pick` gives something. Rejects when the process ends before. */
  async firstLine<T>(pick: (line: string) => T | undefined, timeoutMs: number): Promise<T> {
    const cleanUps: (() => void)[] = [];
    try {
      return await new Promise<T>((resolve, reject) => {
        const fail = (why: string) => reject(new Error(`${why}. Its output ends with:\n${this.#output.slice(-4000)}`));
        const onLine = (line: string) => {
          const picked = pick(line);
          if (picked !== undefined) resolve(picked);
        };
        const timer = setTimeout(() => fail(`process ${this.pid} was not ready in ${timeoutMs} ms`), timeoutMs);
        this.#lineListeners.add(onLine);
        cleanUps.push(
          () => clearTimeout(timer),
          () => this.#lineListeners.delete(onLine),
        );
        void this.ended.then((how) => fail(`process ${this.pid} ended with ${how}`));
      });
    } catch (error) {
      // Nobody would know of it any more.
      await this.kill();
      throw error;
    } finally {
      for (const cleanUp of cleanUps) cleanUp();
    }
  }

  signal(signal: NodeJS.Signals): void {
    if (!this.#hasEnded) this.#process.kill(signal);
  }

  /** SIGTERM, then SIGKILL after the grace. Gives how the process ended. */
  async stop(graceMs = 15_000): Promise<number | NodeJS.Signals> {
    this.signal("SIGTERM");
    const timer = setTimeout(() => this.signal("SIGKILL"), graceMs);
    const how = await this.ended;
    clearTimeout(timer);
    return how;
  }

  async kill(): Promise<void> {
    this.signal("SIGKILL");
    await this.ended;
  }

  #end(resolve: () => void, note = ""): void {
    this.#output += note;
    this.#hasEnded = true;
    this.#callOffKill();
    resolve();
  }

  #listen(stream: Readable): void {
    let rest = "";
    stream.setEncoding("utf8");
    stream.on("data", (chunk: string) => {
      this.#output = (this.#output + chunk).slice(-OUTPUT_CHARACTERS_MAX);
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) for (const listener of [...this.#lineListeners]) listener(line);
    });
  }
}
