import { readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { basename, dirname } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { circlesAmong } from "./circles.js";
import {
  besideTheFloors,
  FILE_LINES_MAX,
  floors,
  forbiddenNames,
  knowEachOther,
  mayImportEnvironments,
  packagesOf,
} from "./floors.js";
import { betweenFolders, type Import, importsBelow, roomOf, sourceFiles, typeScriptFiles } from "./imports.js";

let imports: readonly Import[] = [];
beforeAll(async () => {
  imports = await importsBelow("src");
});

const isSource = (path: string): boolean => path.startsWith("src/");
const told = ({ from, to }: Import): string => `${from} imports ${to}`;

/** The floor of a room; -1 for one that is not in the plan. */
function floorOf(room: string): number {
  return floors.findIndex((rooms) => rooms.includes(room));
}

function pointsDown({ from, to }: Import): boolean {
  const [room, other] = [roomOf(from), roomOf(to)];
  if (room === other) return true;
  if (other === "environments") return mayImportEnvironments.includes(room);
  const allowed = besideTheFloors[room]?.imports;
  if (allowed !== undefined) return allowed === "anything" || allowed.includes(other);
  return floorOf(other) < floorOf(room);
}

/** `@scope/name/deeper` → `@scope/name`. */
function packageOf(specifier: string): string {
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

describe("the floors", () => {
  test("every import was seen, those of types too", () => {
    const ofTypesOnly = { from: "src/environments/memory/memory-files.ts", to: "src/lib/environment.ts" };
    expect(imports.map(told)).toContain(told(ofTypesOnly));
    expect(imports.length).toBeGreaterThan(sourceFiles("src").length);
  });

  test("every room is in the plan", () => {
    const rooms = new Set(sourceFiles("src").map(roomOf));
    expect([...rooms].filter((room) => floorOf(room) < 0 && besideTheFloors[room] === undefined)).toEqual([]);
  });

  test("a room imports only from floors below its own", () => {
    const upward = imports.filter((one) => isSource(one.to) && !pointsDown(one));
    expect(upward.map(told)).toEqual([]);
  });

  test("a room uses only the packages that the plan gives it", () => {
    const strangers = imports.filter(({ from, to }) => {
      if (isSource(to) || to === "package.json" || to.startsWith("node:") || builtinModules.includes(to)) return false;
      return !(packagesOf[roomOf(from)] ?? []).includes(packageOf(to));
    });
    expect(strangers.map(told)).toEqual([]);
  });

  test("a tool that looks at planted imports would find those that point up", () => {
    const into = (from: string, to: string): boolean => pointsDown({ from, to });
    expect(into("src/storage/segment.ts", "src/protocol/errors.ts")).toBe(true);
    expect(into("src/storage/segment.ts", "src/coordination/runner.ts")).toBe(false);
    expect(into("src/groups/classic/join.ts", "src/security/authorizer.ts")).toBe(false);
    expect(into("src/cluster/replication/isr.ts", "src/cluster/peers/peer.ts")).toBe(false);
    expect(into("src/broker/broker.ts", "src/environments/node/node-files.ts")).toBe(false);
    expect(into("src/environments/node/node-files.ts", "src/protocol/errors.ts")).toBe(false);
    expect(into("src/cli/start.ts", "src/environments/node/node-environment.ts")).toBe(true);
  });
});

describe("the files", () => {
  test("do not import each other in a circle", () => {
    const circles = circlesAmong(imports.filter(({ to }) => isSource(to)));
    expect(circles.map((circle) => circle.join(" -> "))).toEqual([]);
    const planted = [
      { from: "a.ts", to: "b.ts" },
      { from: "b.ts", to: "c.ts" },
      { from: "c.ts", to: "b.ts" },
    ];
    expect(circlesAmong(planted)).toEqual([["b.ts", "c.ts", "b.ts"]]);
  });

  test("nor do folders that stand beside each other", () => {
    const between = imports.filter(({ to }) => isSource(to)).flatMap((one) => betweenFolders(one) ?? []);
    const circles = circlesAmong(
      between.filter(({ from, to }) => !(knowEachOther.includes(from) && knowEachOther.includes(to))),
    );
    expect(circles.map((circle) => circle.join(" -> "))).toEqual([]);
    const planted = { from: "src/storage/reads/log-reader.ts", to: "src/storage/segments/segment.ts" };
    expect(betweenFolders(planted)).toEqual({ from: "src/storage/reads", to: "src/storage/segments" });
    expect(betweenFolders({ ...planted, to: "src/storage/log-results.ts" })).toBeNull();
  });

  test("are short enough to be read, tests too", () => {
    const files = ["src", "tests", "compat-tests", "bench", "scripts"].flatMap(typeScriptFiles);
    const long = files.filter((path) => readFileSync(path, "utf8").split("\n").length > FILE_LINES_MAX);
    expect(long).toEqual([]);
  });

  test("and their folders say by their names what is inside", () => {
    const vague = sourceFiles("src").filter((path) =>
      [basename(path, ".ts"), basename(dirname(path))].some((name) => forbiddenNames.includes(name)),
    );
    expect(vague).toEqual([]);
  });
});
