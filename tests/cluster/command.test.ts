import { createServer } from "node:net";
import { Kafka, logLevel } from "kafkajs";
import { expect, test } from "vitest";
import { Child } from "../support/child-process.js";
import { inRepository } from "../support/repository.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const readyMsMax = 30_000;

interface ReadyEvent {
  readonly brokers: readonly { readonly nodeId: number; readonly listeners: { readonly PLAINTEXT: string } }[];
  readonly dataFolder: string;
}

function readyEvent(line: string): ReadyEvent | undefined {
  return line.startsWith('{"event":"ready"') ? JSON.parse(line) : undefined;
}

test("`samsa start --brokers 3` serves on three ports, one beside the other, and stops when it is told to", async () => {
  const folder = temporaryFolder("cluster-command");
  const port = await threeFreePorts();
  const command = ["--import", "tsx", inRepository("src", "cli", "main.ts"), "start", "--brokers", "3", "--json"];
  const listen = ["--listen", `PLAINTEXT://127.0.0.1:${port}`, "--data", folder.path];
  const child = new Child({ command: process.execPath, args: [...command, ...listen] });
  const { brokers, dataFolder } = await child.firstLine(readyEvent, readyMsMax);
  expect(dataFolder).toBe(folder.path);
  const addresses = brokers.map(({ listeners }) => listeners.PLAINTEXT);
  expect(addresses).toEqual([0, 1, 2].map((i) => `127.0.0.1:${port + i}`));
  const admin = new Kafka({ brokers: addresses.slice(2), logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const described = await admin.describeCluster();
  await admin.disconnect();
  expect(described.brokers.map(({ nodeId, port: at }) => [nodeId, at]).sort()).toEqual([
    [1, port],
    [2, port + 1],
    [3, port + 2],
  ]);
  child.signal("SIGTERM");
  expect(await child.ended).toBe(0);
  folder.remove();
});

/** The first of three in a row that nobody listens on right now, below those that the system gives away. */
async function threeFreePorts(): Promise<number> {
  for (let port = 20_000 + (process.pid % 1_000) * 3; port < 30_000; port += 3) {
    const free = await Promise.all([0, 1, 2].map((i) => isFree(port + i)));
    if (free.every(Boolean)) return port;
  }
  throw new Error("there are no three free ports");
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
