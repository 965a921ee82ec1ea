import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { lockFolder } from "./folder-lock.js";

const temporary = mkdtempSync(join(tmpdir(), "samsa-lock-"));
const program = join(temporary, "take-lock.mjs");
beforeAll(async () => {
  const contents = `
    import { lockFolder } from "./folder-lock.js";
    const lock = lockFolder(process.argv[2]);
    console.log("heldBy" in lock ? lock.heldBy : "taken");
    setInterval(() => {}, 1_000);`;
  const stdin = { contents, resolveDir: import.meta.dirname };
  await build({ stdin, bundle: true, platform: "node", format: "esm", outfile: program });
});
afterAll(() => rmSync(temporary, { recursive: true }));

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill("SIGKILL");
});

/** Another process that tries to take the lock, says how it went, and stays. */
async function tryElsewhere(path: string): Promise<{ child: ChildProcess; outcome: string }> {
  const child = spawn(process.execPath, [program, path], { stdio: ["ignore", "pipe", "inherit"] });
  started.push(child);
  const outcome = await new Promise<string>((resolve) => {
    child.stdout?.once("data", (data: Buffer) => resolve(data.toString().trim()));
  });
  return { child, outcome };
}

function killHard(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill("SIGKILL");
  });
}

describe("the lock of a data folder", () => {
  test("refuses a second process and names the first", async () => {
    const path = join(temporary, "refused");
    const { child, outcome } = await tryElsewhere(path);
    expect(outcome).toBe("taken");
    expect(lockFolder(path)).toHaveProperty("heldBy", expect.stringContaining(`process ${child.pid} on `));
    const other = await tryElsewhere(path);
    expect(other.outcome).toContain(`process ${child.pid} on `);
  });

  test("is free at once when its holder was killed", async () => {
    const path = join(temporary, "killed");
    const { child } = await tryElsewhere(path);
    await killHard(child);
    const lock = lockFolder(path);
    expect(lock).toHaveProperty("release");
    if ("release" in lock) lock.release();
  });

  test("is taken by exactly one of many that come together over what a killed one left", async () => {
    const path = join(temporary, "raced");
    await killHard((await tryElsewhere(path)).child);
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => tryElsewhere(path)));
    expect(outcomes.filter(({ outcome }) => outcome === "taken")).toHaveLength(1);
  });

  test("leaves its file behind, and a program that was started meanwhile does not keep it", async () => {
    const path = join(temporary, "inherited");
    const lock = lockFolder(path);
    if ("heldBy" in lock) throw new Error("a free folder was refused");
    const sleeper = spawn("sleep", ["60"]);
    started.push(sleeper);
    lock.release();
    expect(readdirSync(temporary)).toContain("inherited");
    expect(readFileSync(path, "utf8")).toContain(`process ${process.pid} on `);
    expect((await tryElsewhere(path)).outcome).toBe("taken");
  });
});
