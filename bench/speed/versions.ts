/** Of what the bench starts, and does not bring along. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { inRepository } from "../../tests/support/repository.js";

export function versions() {
  const own: { readonly version: string } = JSON.parse(readFileSync(inRepository("package.json"), "utf8"));
  const module = readFileSync(inRepository("bench", "speed", "native", "go.mod"), "utf8");
  return {
    samsa: own.version,
    java: said("java", ["-version"], /version "(\S+)"/),
    go: said("go", ["version"], /go(\d\S*)/),
    franzGo: /franz-go (v\S+)/.exec(module)?.[1] ?? "",
  };
}

function said(command: string, args: readonly string[], version: RegExp): string {
  const { stdout, stderr } = spawnSync(command, args, { encoding: "utf8" });
  return version.exec(`${stdout}${stderr}`)?.[1] ?? "";
}
