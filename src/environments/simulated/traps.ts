/**
 * Catches what reaches past the environment while a simulation runs: real time, chance, files, sockets, the thread pool.
 * A leak is noted with its stack and goes on as before, so that no `catch` swallows it and no bystander is hurt; the run
 * fails at its end. Import everything before the run: loading a module reads files.
 */
import childProcess from "node:child_process";
import crypto from "node:crypto";
import dns from "node:dns";
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import net from "node:net";
import zlib from "node:zlib";

/** Sets the traps; the returned function takes them away and tells what was caught. */
export function setTraps(): () => string[] {
  const leaks: string[] = [];
  const undo: (() => void)[] = [];
  for (const [where, target, names] of trapped()) {
    for (const name of names) undo.push(trap(where, target, name, leaks));
  }
  undo.push(trapDate(leaks));
  syncBuiltinESMExports();
  return () => {
    for (const restore of undo.reverse()) restore();
    syncBuiltinESMExports();
    return leaks;
  };
}

function trapped(): [string, object, readonly string[]][] {
  return [
    ["", globalThis, ["setTimeout", "setInterval", "setImmediate", "fetch"]],
    ["Math", Math, ["random"]],
    ["performance", performance, ["now"]],
    ["process.hrtime", process.hrtime, ["bigint"]],
    ["process", process, ["hrtime", "uptime"]],
    ["AbortSignal", AbortSignal, ["timeout", "any"]],
    ["crypto", crypto, cryptoNames],
    ["crypto", globalThis.crypto, ["getRandomValues", "randomUUID"]],
    ["fs", fs, functionsOf(fs)],
    ["fs.promises", fs.promises, functionsOf(fs.promises)],
    ["net", net, ["connect", "createConnection", "createServer"]],
    ["dns", dns, ["lookup", "resolve"]],
    ["child_process", childProcess, functionsOf(childProcess)],
    ["zlib", zlib, zlibNames],
  ];
}

/** Random, or through the thread pool. */
const cryptoNames = [
  ...["randomBytes", "randomInt", "randomUUID", "randomFill", "randomFillSync"],
  ...["pbkdf2", "scrypt", "hkdf", "generateKey", "generateKeyPair"],
];

/** The codecs that end in the thread pool; those with `Sync` in their names are allowed. */
const zlibNames = ["deflate", "inflate", "deflateRaw", "inflateRaw", "gzip", "gunzip", "unzip"].concat(
  ["brotliCompress", "brotliDecompress", "zstdCompress", "zstdDecompress"].filter((name) => name in zlib),
);

/** The functions of a module, without its classes. */
function functionsOf(module: object): string[] {
  const isFunction = ([name, value]: [string, unknown]): boolean =>
    typeof value === "function" && /^[a-z]/.test(name) && !name.startsWith("_");
  return Object.entries(module)
    .filter(isFunction)
    .map(([name]) => name);
}

function trap(where: string, target: object, name: string, leaks: string[]): () => void {
  const own = Object.getOwnPropertyDescriptor(target, name);
  const real: unknown = Reflect.get(target, name);
  if (typeof real !== "function") return () => {};
  const called = where === "" ? name : `${where}.${name}`;
  const spy = new Proxy(real, {
    apply: (call, self, parameters) => {
      note(leaks, called);
      return Reflect.apply(call, self, parameters);
    },
  });
  Object.defineProperty(target, name, {
    configurable: true,
    writable: true,
    enumerable: own?.enumerable ?? false,
    value: spy,
  });
  return () => {
    if (own === undefined) Reflect.deleteProperty(target, name);
    else Object.defineProperty(target, name, own);
  };
}

/** `new Date(ms)` computes; `new Date()`, `Date()` and `Date.now()` look at the clock. */
function trapDate(leaks: string[]): () => void {
  const real = globalThis.Date;
  const now = trap("Date", real, "now", leaks);
  globalThis.Date = new Proxy(real, {
    construct: (date, parameters, target) => {
      if (parameters.length === 0) note(leaks, "new Date()");
      return Reflect.construct(date, parameters, target);
    },
    apply: (call, self, parameters) => {
      note(leaks, "Date()");
      return Reflect.apply(call, self, parameters);
    },
  });
  return () => {
    globalThis.Date = real;
    now();
  };
}

/** Notes who called; the test runner's own calls are none of ours. */
function note(leaks: string[], called: string): void {
  const stack = (new Error().stack ?? "").split("\n").slice(3);
  const caller = stack[0] ?? "";
  if (/node_modules\/(@vitest|vitest|tinypool|vite)\/|\(node:|at node:/.test(caller)) return;
  leaks.push(`${called}\n${stack.slice(0, 6).join("\n")}`);
}
