import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, expect, test } from "vitest";
import { FileError } from "../../lib/environment.js";
import { NodeFiles } from "./node-files.js";

const temporary = mkdtempSync(join(tmpdir(), "samsa-node-files-"));
afterAll(() => rmSync(temporary, { recursive: true }));

test("a write of which the system takes only a part is a failure that names the cause", async () => {
  const contents = `
    import { FileError } from "../../lib/environment.js";
import { NodeFiles } from "./node-files.js";
    const file = new NodeFiles().open(process.argv[2], "create");
    try {
      file.write([new Uint8Array(3_000), new Uint8Array(3_000), new Uint8Array(60_000)], 0);
    } catch (error) {
      console.log(error.name, error.code, file.bytes);
    }`;
  const program = join(temporary, "write.mjs");
  const stdin = { contents, resolveDir: import.meta.dirname };
  await build({ stdin, bundle: true, platform: "node", format: "esm", outfile: program });
  // No file may grow beyond 8 blocks of 512 bytes.
  const limited = 'ulimit -f 8; exec "$0" "$@"';
  const { stdout } = spawnSync("sh", ["-c", limited, process.execPath, program, join(temporary, "log")], {
    encoding: "utf8",
  });
  expect(stdout).toBe("FileError EFBIG 4096\n");
});

test("a file that is closed while the thread pool reads it stays open until the read is done", async () => {
  const files = new NodeFiles();
  const file = files.open(join(temporary, "closed"), "create");
  file.write([Buffer.from("whole")], 0);
  const into = Buffer.alloc(5);
  const reading = file.readCold(into, 0);
  file.close();
  const other = files.open(join(temporary, "other"), "create");
  expect(await reading).toBe(5);
  expect(into.toString()).toBe("whole");
  other.close();
});

test("a folder that cannot be made below /proc is an error at once, not an endless loop", () => {
  expect(() => new NodeFiles().createFolder("/proc/samsa/data")).toThrow(FileError);
  expect(() => new NodeFiles().createFolder("/proc/version/data")).toThrow(FileError);
});

test("a folder is made with its parents, and making it again is no error", () => {
  const files = new NodeFiles();
  const folder = join(temporary, "a", "b", "c");
  files.createFolder(folder);
  files.createFolder(folder);
  expect(files.stat(folder)?.isFolder).toBe(true);
});
