/** A program of a real client that writes and reads while brokers are restarted, and tells what it met. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { python } from "../../../compat-tests/confluent-kafka-python/python.js";
import { apacheKafkaClassPath, loggingArgument } from "../../support/java.js";
import { inRepository } from "../../support/repository.js";

const folder = (name: string) => inRepository("tests", "cluster", "rolling-restart", name);
const ENDED_MS_MAX = 90_000;

export const clientNames = ["kafkajs", "java", "librdkafka"] as const;
export type ClientName = (typeof clientNames)[number];

/** `java` compiles a single source file by itself. */
const commands: Readonly<Record<ClientName, () => readonly string[]>> = {
  kafkajs: () => [process.execPath, "--import", "tsx", folder("rolling-client.ts")],
  java: () => ["java", "-XX:+UseSerialGC", "-Xmx256m", loggingArgument("warn"), folder("RollingClient.java")],
  librdkafka: () => [installedPython(), folder("rolling_client.py")],
};

function installedPython(): string {
  if (!existsSync(python)) throw new Error(`${python} is missing: bash compat-tests/confluent-kafka-python/install.sh`);
  return python;
}

export interface ClientResult {
  readonly errors: readonly string[];
  /** `acknowledged`, `missing`, `repeated`, and `longest-ms` between two acknowledgements. */
  readonly counts: Readonly<Record<string, number>>;
}

export class ClientProgram {
  readonly #process: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #lines: string[] = [];
  readonly #ended: Promise<unknown>;
  /** It has read the first record that it wrote. */
  readonly reads: Promise<void>;

  constructor(client: ClientName, servers: string, topic: string) {
    const [command = "", ...args] = commands[client]();
    const env = { ...process.env, CLASSPATH: client === "java" ? apacheKafkaClassPath() : "" };
    this.#process = spawn(command, [...args, servers, topic], { stdio: ["pipe", "pipe", "pipe"], env });
    // Clients log every connection that they lose; that is no error.
    this.#process.stderr.resume();
    const lines = createInterface({ input: this.#process.stdout });
    this.#ended = new Promise((resolve) => {
      lines.once("close", resolve);
      this.#process.once("error", resolve);
    });
    this.reads = new Promise((resolve, reject) => {
      lines.on("line", (line) => {
        this.#lines.push(line);
        if (line === "reads") resolve();
      });
      void this.#ended.then(() => reject(new Error(`${client} ended: ${this.#lines.join("\n")}`)));
    });
  }

  /** It writes no more, reads what it has written, and ends. */
  async finish(): Promise<ClientResult> {
    const timer = setTimeout(() => this.kill(), ENDED_MS_MAX);
    this.#process.stdin.end("end\n");
    await this.#ended;
    clearTimeout(timer);
    const words = this.#lines.find((line) => line.startsWith("acknowledged "))?.split(" ") ?? [];
    const counts: Record<string, number> = {};
    for (let at = 0; at + 1 < words.length; at += 2) counts[words[at] ?? ""] = Number(words[at + 1]);
    return { counts, errors: this.#lines.filter((line) => line.startsWith("error ")) };
  }

  kill(): void {
    this.#process.kill("SIGKILL");
  }
}
