/**
 * `npm run compat -- --mutations`: whether the suite sees what is wrong. Each fault of the list is put into a copy of the
 * sources, which is built, and the scenarios that should see it are run against it. One that stays green is a hole.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inRepository } from "../../tests/support/repository.js";
import { temporaryFolder } from "../../tests/support/temporary-folder.js";
import { clientsIn, type Places, withOnly } from "./client.js";
import { type Mutation, mutations } from "./mutation-list.js";
import type { Cell } from "./results.js";
import { runSuite, type Watcher } from "./suite.js";

/** What a build needs; the installed packages are lent. */
const copied = [
  "src",
  "scripts",
  "compat-tests",
  "tests/support",
  "tests/differential",
  "package.json",
  "package-lock.json",
  "tsconfig.json",
];

const silence: Watcher = { installing: () => {}, began: () => {}, ended: () => {}, done: () => {} };

/** `text`: only the faults whose names hold it. Gives 0 when every fault is seen, and none without a fault. */
export async function runMutations(places: Places, text: string): Promise<number> {
  const chosen = mutations.filter(({ name }) => name.includes(text));
  const folder = temporaryFolder("compat-mutations");
  try {
    for (const name of copied) copyTo(folder.path, name);
    symlinkSync(inRepository("node_modules"), join(folder.path, "node_modules"));
    let unseen = 0;
    for (const mutation of chosen) {
      const red = await withMutation(folder.path, mutation, () => redCells(folder.path, mutation, places));
      if (red.length === 0) unseen += 1;
      const seen = red.length === 0 ? "NOT SEEN" : `seen by ${red.map(({ scenario }) => scenario).join(", ")}`;
      console.log(`${mutation.name}: ${seen}`);
    }
    build(folder.path);
    const withoutFault = await redWithout(folder.path, chosen, places);
    for (const { scenario, message } of withoutFault) console.log(`red without a fault: ${scenario}: ${message}`);
    console.log(`${chosen.length - unseen} of ${chosen.length} faults are seen`);
    return unseen === 0 && withoutFault.length === 0 ? 0 : 1;
  } finally {
    folder.remove();
  }
}

function copyTo(folder: string, name: string): void {
  const to = join(folder, name);
  mkdirSync(join(to, ".."), { recursive: true });
  cpSync(inRepository(name), to, { recursive: true });
}

async function withMutation(folder: string, mutation: Mutation, run: () => Promise<Cell[]>): Promise<Cell[]> {
  const file = join(folder, "src", mutation.file);
  const sound = readFileSync(file, "utf8");
  const pieces = sound.split(mutation.find);
  if (pieces.length !== 2) {
    throw new Error(
      `${mutation.name}: "${mutation.find}" is ${pieces.length - 1} times in src/${mutation.file}, not once`,
    );
  }
  writeFileSync(file, pieces.join(mutation.replace));
  try {
    build(folder);
    return await run();
  } finally {
    writeFileSync(file, sound);
  }
}

function build(folder: string): void {
  execFileSync(process.execPath, [join(folder, "scripts", "build.mjs"), "--if-stale"], {
    cwd: folder,
    stdio: "inherit",
  });
}

function redCells(folder: string, mutation: Mutation, places: Places): Promise<Cell[]> {
  return red(folder, places, mutation.client, (id) => mutation.scenarios.includes(id));
}

/** The same scenarios and clients, in a copy that is sound. */
async function redWithout(folder: string, chosen: readonly Mutation[], places: Places): Promise<Cell[]> {
  const found: Cell[] = [];
  for (const client of new Set(chosen.map((mutation) => mutation.client))) {
    const own = chosen.filter((mutation) => mutation.client === client);
    found.push(...(await red(folder, places, client, (id) => own.some((mutation) => mutation.scenarios.includes(id)))));
  }
  return found;
}

async function red(folder: string, places: Places, client: string, isWanted: (id: string) => boolean): Promise<Cell[]> {
  const cells = await runSuite({
    places,
    clients: withOnly(clientsIn(places), ({ id }, { folderName }) => folderName === client && isWanted(id)),
    jobs: 1,
    broker: { target: "samsa", script: join(folder, "dist", "samsa.js") },
    watcher: silence,
  });
  const skipped = cells.find(({ outcome }) => outcome === "skipped");
  if (skipped !== undefined) throw new Error(`${client} cannot run: ${skipped.message}`);
  return cells.filter(({ outcome }) => outcome === "failed");
}
