/** What `samsa` says to those who call it wrongly: one sentence on stderr, and an exit code. */
import { once } from "node:events";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { startBroker } from "../../src/index.js";
import { Child } from "../support/child-process.js";
import { folderOfThisTest } from "../support/folder-of-this-test.js";
import { freePort } from "../support/free-port.js";
import { type CommandResult, runCommand } from "../support/run-command.js";
import { builtCommand } from "../support/samsa.js";

let command: string;
beforeAll(() => {
  command = builtCommand();
}, 60_000);

function samsa(...args: string[]): Promise<CommandResult> {
  return runCommand(process.execPath, [command, ...args]);
}

test("it tells its version in every way in which people ask for it", async () => {
  const answers = await Promise.all([samsa("version"), samsa("--version"), samsa("-v")]);
  for (const { code, stdout } of answers) expect([code, stdout]).toEqual([0, expect.stringMatching(/^samsa \d/)]);
});

test("it explains each of its commands", async () => {
  const commands = [
    "start",
    "config",
    "log",
    "log dump",
    "log verify",
    "cluster status",
    "cluster rebalance",
    "cluster remove",
  ];
  for (const command of commands) {
    const { code, stdout } = await samsa(...command.split(" "), "--help");
    expect([code, stdout]).toEqual([0, expect.stringContaining(`Usage: samsa ${command}`)]);
    expect(stdout).not.toContain("default: false");
  }
});

describe("exit code 2: the command line or the configuration is wrong", () => {
  test.each([
    [["strt"], "samsa: unknown command 'strt'\n(Did you mean start?)\nRun `samsa --help` for its commands."],
    [["log", "dmp"], "(Did you mean dump?)\nRun `samsa log --help` for its commands."],
    [["start", "--prot", "1"], "(Did you mean --port?)\nRun `samsa start --help` for its options."],
    [["config", "log.retention.mss"], "samsa: No property is called log.retention.mss. Did you mean log.retention.ms?"],
    [["cluster", "rebalance", "--plan", "--cancel"], "samsa: option '--cancel' cannot be used with option '--plan'"],
    [["start", "--port", "70000"], "A port is a whole number from 0 to 65535."],
    [["start", "--config", "/no/such/file"], "samsa: --config: /no/such/file does not exist."],
    [["start", "--config", "/"], "samsa: --config: / is a folder where a file is needed."],
    [["start", "--set", "num.partitions"], "samsa: --set num.partitions: the form is KEY=VALUE"],
    [["start", "--port", "0", "--listen", "PLAINTEXT://:0"], "samsa: Give either --port or --listen, not both"],
    [["start", "--listen", "SSL://:9093"], "samsa: listeners: the security protocol SSL is not supported yet"],
    [["start", "--brokers", "3", "--port", "65534"], "samsa: 3 brokers need ports up to 65536"],
  ])("%j", async (args, sentence) => {
    expect(await samsa(...args)).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining(sentence) });
  });

  test("a file in UTF-16, as some editors on Windows write it", async () => {
    const file = join(folderOfThisTest(), "server.properties");
    writeFileSync(file, Buffer.from("\uFEFFnum.partitions=3\n", "utf16le"));
    const { code, stderr } = await samsa("start", "--config", file);
    expect([code, stderr]).toEqual([2, `samsa: --config: ${file} is no text in UTF-8: save it as that.\n`]);
  });

  test("a value in a file is complained of with its line", async () => {
    const file = join(folderOfThisTest(), "server.properties");
    writeFileSync(file, "num.partitions=3\nlog.retention.ms=soon\n");
    const { code, stderr } = await samsa("start", "--config", file);
    expect([code, stderr]).toEqual([2, expect.stringContaining(`log.retention.ms: Not a number`)]);
    expect(stderr).toContain(`(${file} line 2)`);
  });
});

describe("exit code 1: the broker could not start", () => {
  test("a port that is taken", async () => {
    const broker = await startBroker({ ephemeral: true, logLevel: "silent" });
    const [address = ""] = broker.bootstrapServers.split(",");
    const { code, stderr } = await samsa("start", "--listen", `PLAINTEXT://${address}`, "--ephemeral");
    await broker.stop();
    expect([code, stderr]).toEqual([1, expect.stringContaining("is taken by another program")]);
  });

  test("a data folder that is a file, or lies below one", async () => {
    const file = join(folderOfThisTest(), "file");
    writeFileSync(file, "");
    for (const data of [file, join(file, "data")]) {
      const { code, stderr } = await samsa("start", "--port", "0", "--data", data);
      expect([code, stderr]).toEqual([1, expect.stringContaining("is, or lies under, a file that is no folder")]);
    }
  });

  test("a metadata log that was damaged after a clean stop, or that nobody owns", async () => {
    const data = folderOfThisTest();
    const broker = await startBroker({ port: 0, data, logLevel: "silent" });
    await broker.stop();
    const log = join(data, "__cluster_metadata-0", "00000000000000000000.log");
    const sound = readFileSync(log);
    const sentenceAfter = async (damage: () => void) => {
      damage();
      const { code, stdout, stderr } = await samsa("start", "--port", "0", "--data", data);
      expect([code, stdout]).toEqual([1, ""]);
      return stderr;
    };
    const lost = `The metadata log in ${join(data, "__cluster_metadata-0")} is damaged: it was written up to offset`;
    const emptied = await sentenceAfter(() => writeFileSync(log, ""));
    expect(emptied).toContain(lost);
    expect(await sentenceAfter(() => writeFileSync(log, sound.subarray(0, sound.length / 2)))).toContain(lost);
    const unowned = await sentenceAfter(() => {
      writeFileSync(log, sound);
      rmSync(join(data, "meta.properties"));
    });
    expect(unowned).toContain("holds a metadata log, but no meta.properties");
  });

  test("it was told to stop while it waited for an etcd that is not there", async () => {
    const etcd = [
      `samsa.metadata.etcd.endpoints=127.0.0.1:${await freePort()}`,
      "samsa.metadata.engine=etcd",
      "node.id=1",
    ];
    const args = ["start", "--listen", "PLAINTEXT://127.0.0.1:0", "--data", folderOfThisTest()];
    const child = new Child({
      command: process.execPath,
      args: [command, ...args, ...etcd.flatMap((one) => ["--set", one])],
    });
    await child.firstLine((line) => line.includes("etcd does not answer") || undefined, 20_000);
    child.signal("SIGTERM");
    expect(await child.ended).toBe(1);
    expect(child.output).toContain("the broker was told to stop before it could start");
  });

  test("a data folder in a format that this release does not know", async () => {
    const data = folderOfThisTest();
    writeFileSync(join(data, "meta.properties"), "version=0\ncluster.id=abc\nbroker.id=1\n");
    const { code, stderr } = await samsa("start", "--port", "0", "--data", data);
    expect([code, stderr]).toEqual([1, expect.stringContaining("has version 0 of its format")]);
  });
});

test("Ctrl-C ends a question about a cluster that nobody answers", async () => {
  const silent = createServer();
  const asked = once(silent, "connection");
  silent.listen(0, "127.0.0.1");
  await once(silent, "listening");
  const address = silent.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const args = [command, "cluster", "status", "--bootstrap", `127.0.0.1:${port}`];
  const child = new Child({ command: process.execPath, args });
  const [socket] = await asked;
  child.signal("SIGINT");
  expect(await child.ended).toBe("SIGINT");
  socket.destroy();
  silent.close();
});
