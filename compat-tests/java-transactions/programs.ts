/** The Java programs of this folder, compiled against either client's own jars. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { apacheKafkaClassPath, runJava } from "../../tests/support/java.js";
import { inRepository } from "../../tests/support/repository.js";
import { runCommandToSuccess } from "../../tests/support/run-command.js";
import { temporaryFolder } from "../../tests/support/temporary-folder.js";

/** The old one knows only the first generation of the transaction protocol. */
const libraries = {
  "java-4.3.1": () => apacheKafkaClassPath(),
  "java-2.1.1": () => `${inRepository(".cache", "kafka-clients-2.1.1", "lib")}/*`,
};
export type JavaClient = keyof typeof libraries;

export class JavaPrograms {
  readonly #classes = temporaryFolder("java-transactions");

  async compile(client: JavaClient, ...programs: readonly string[]): Promise<void> {
    const sources = programs.map((name) => inRepository("compat-tests", "java-transactions", `${name}.java`));
    const folder = join(this.#classes.path, client);
    mkdirSync(folder, { recursive: true });
    await runCommandToSuccess("javac", ["-cp", libraries[client](), "-d", folder, ...sources]);
  }

  classPath(client: JavaClient): string {
    return `${join(this.#classes.path, client)}:${libraries[client]()}`;
  }

  /** Runs a program to its good end, and gives the lines that it has printed. */
  async run(client: JavaClient, program: string, ...args: readonly string[]): Promise<string[]> {
    const result = await runJava(program, args, { classPath: this.classPath(client) });
    if (result.code !== 0) throw new Error(`${client} ${program}: ${result.stdout}${result.stderr}`);
    return result.stdout.split("\n").filter((line) => line !== "");
  }

  remove(): void {
    this.#classes.remove();
  }
}
