/** Java programs of a folder of `compat-tests`, compiled against the jars of one or more clients. */
import { join } from "node:path";
import { apacheKafkaClassPath, compileJava, runJava } from "./java.js";
import { inRepository } from "./repository.js";
import { type TemporaryFolder, temporaryFolder } from "./temporary-folder.js";

const RUN_MS_MAX = 280_000;

/** 2.1.1 knows only the first generation of the transaction protocol, those before 0.11 no record batches. */
export type JavaClient = "java-4.3.1" | "java-2.1.1" | "java-0.10.2.2" | "java-0.9.0.1";

function jarsOf(client: JavaClient): string {
  if (client === "java-4.3.1") return apacheKafkaClassPath();
  return `${inRepository(".cache", client.replace("java", "kafka-clients"), "lib")}/*`;
}

export class JavaPrograms {
  readonly #folder: string;
  readonly #classes: TemporaryFolder;

  constructor(folder: string) {
    this.#folder = folder;
    this.#classes = temporaryFolder(folder);
  }

  async compile(client: JavaClient, ...names: readonly string[]): Promise<void> {
    const programs = { folder: this.#folder, names, classPath: jarsOf(client) };
    await compileJava(programs, join(this.#classes.path, client));
  }

  classPath(client: JavaClient): string {
    return `${join(this.#classes.path, client)}:${jarsOf(client)}`;
  }

  /** Runs a program to its good end, and gives the lines that it has printed. */
  async run(client: JavaClient, program: string, ...args: readonly string[]): Promise<string[]> {
    const result = await runJava(program, args, { classPath: this.classPath(client), timeoutMs: RUN_MS_MAX });
    if (result.code !== 0) throw new Error(`${client} ${program}: ${result.stdout}${result.stderr}`);
    return result.stdout.split("\n").filter((line) => line !== "");
  }

  remove(): void {
    this.#classes.remove();
  }
}
