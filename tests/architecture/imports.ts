import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { build } from "esbuild";

export interface Import {
  /** The file that imports, from the root of the project: `src/storage/segment.ts`. */
  readonly from: string;
  /** Another such file, or the name of a package or of a module of Node's. */
  readonly to: string;
}

/** All TypeScript files below `folder`, from the root of the project. */
export function typeScriptFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(folder, name))
    .sort();
}

/** Those that are neither tests nor their data. */
export function sourceFiles(folder: string): string[] {
  return typeScriptFiles(folder).filter((path) => !path.includes(".test"));
}

/** Every import between source files, as the bundler sees it; imports of types count too. */
export async function importsBelow(folder: string): Promise<Import[]> {
  const { metafile } = await build({
    entryPoints: sourceFiles(folder),
    bundle: true,
    write: false,
    outdir: "unused",
    metafile: true,
    format: "esm",
    platform: "node",
    packages: "external",
    logLevel: "silent",
    // Keeps imports of which only types are used.
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
    plugins: [
      {
        name: "imports",
        setup: (build) => {
          build.onResolve({ filter: /^\..*\.js$/ }, sourceOf);
          build.onLoad({ filter: /\.ts$/ }, typesCount);
        },
      },
    ],
  });
  return Object.entries(metafile.inputs).flatMap(([from, { imports }]) =>
    imports.map(({ path }) => ({ from, to: path })),
  );
}

/** `./x.js` is `./x.ts`, whether it is written yet or not: that is for the compiler to say. */
function sourceOf({ path, resolveDir }: { path: string; resolveDir: string }): { path: string } {
  return { path: join(resolveDir, path.replace(/\.js$/, ".ts")) };
}

/** `import type … from "x"` and `export type … from "x"` leave no trace at run time: they become `import "x"`. */
function typesCount({ path }: { path: string }): { contents: string; loader: "ts" } {
  const source = existsSync(path) ? readFileSync(path, "utf8") : "";
  const contents = source.replace(/^(?:import|export) type [^;]*? from ("[^"]+");/gm, "import $1;");
  return { contents, loader: "ts" };
}

/** The room of a source file: its folder below `src`, inside `cluster` one deeper; `entry` for `src/index.ts`. */
export function roomOf(path: string): string {
  const folders = relative("src", dirname(path)).split("/");
  const [room = "", inner] = folders;
  if (room === "") return "entry";
  return room === "cluster" ? `cluster/${inner ?? ""}` : room;
}

/** An import as one between folders that stand beside each other; null where one file stands in a folder around the other's. */
export function betweenFolders({ from, to }: Import): Import | null {
  const [importing, imported] = [dirname(from).split("/"), dirname(to).split("/")];
  const at = importing.findIndex((folder, depth) => folder !== imported[depth]);
  if (at < 0 || at >= imported.length) return null;
  return { from: importing.slice(0, at + 1).join("/"), to: imported.slice(0, at + 1).join("/") };
}
