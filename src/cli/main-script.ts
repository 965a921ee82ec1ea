/**
 * The command as one script, and the code that V8 made of it when it was built: a start that finds this code does not
 * compile the script again. docs/adr/0007-start-up.md has the figures.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import vm from "node:vm";

type Main = (require: NodeJS.Require, __filename: string) => void;

/** Compiled code serves only the version of Node, and the kind of machine, that made it. */
export function compiledFileOf(mainFile: string): string {
  return `${mainFile}.${process.version}-${process.platform}-${process.arch}.cache`;
}

const head = Buffer.from("(function (require, __filename) {");
const foot = Buffer.from("\n})");

/**
 * V8 refuses `compiled` code that it cannot use, and compiles. The file is in ASCII, and its text goes to V8 as the bytes
 * that were read: any other way makes a copy or two of its 1.7 MB.
 */
export function mainScript(mainFile: string, compiled?: Buffer): vm.Script {
  return new vm.Script(Buffer.concat([head, readFileSync(mainFile), foot]).toString("latin1"), {
    filename: mainFile,
    ...(compiled && { cachedData: compiled }),
  });
}

export function runMain(script: vm.Script, mainFile: string): void {
  const main: Main = script.runInThisContext();
  main(createRequire(mainFile), mainFile);
}
