/** Makes one file of `run-seeds.ts` and all that it uses, from the source as it is, or as a mutation would have it. */
import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";
import type { Change } from "./mutations/mutations.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Returns the path of the file. Rejects where a change does not fit the source any more. */
export async function buildSeeds(name: string, changes: readonly Change[] = []): Promise<string> {
  const outfile = join(root, ".cache", "simulation", `${name}.mjs`);
  const missed = new Set(changes);
  await build({
    ...{ outfile, bundle: true, format: "esm", platform: "node", packages: "external", logLevel: "error" },
    entryPoints: [join(root, "tests", "simulation", "run-seeds.ts")],
    plugins: changes.length === 0 ? [] : [changing(changes, missed)],
  });
  for (const { file, find } of missed) throw new Error(`no module that is simulated is ${file}, or it lacks: ${find}`);
  return outfile;
}

function changing(changes: readonly Change[], missed: Set<Change>): Plugin {
  return {
    name: "mutation",
    setup: ({ onLoad }) => {
      onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => {
        const here = changes.filter(({ file }) => file === relative(root, path));
        if (here.length === 0) return null;
        let contents = await readFile(path, "utf8");
        for (const change of here) {
          const parts = contents.split(change.find);
          if (parts.length !== 2) throw new Error(`${change.file} has ${parts.length - 1} times: ${change.find}`);
          contents = parts.join(change.replace);
          missed.delete(change);
        }
        return { contents, loader: "ts" };
      });
    },
  };
}
