/**
 * Builds `dist`: the command as one file behind a small one that starts it, the embedding API as another, all with
 * source maps; the command's compiled code; the API's types. `--if-stale` leaves the types out and builds only when a
 * source is newer: for `npm start`.
 */
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const suite = [
  "compat-tests/suite",
  "compat-tests/contract.ts",
  "compat-tests/scenarios.ts",
  "compat-tests/package-command.ts",
  "compat-tests/acceptance",
  "tests/differential",
  "tests/support",
];
const inputs = ["src", ...suite, "package.json", "package-lock.json", "tsconfig.json", "scripts"];
const outputs = [
  "dist/samsa.js",
  "dist/main.cjs",
  "dist/index.mjs",
  "dist/grpc.cjs",
  "dist/pretty.cjs",
  "dist/compat.mjs",
  "dist/acceptance.mjs",
  "dist/THIRD-PARTY-LICENSES.txt",
];

if (process.argv.includes("--if-stale")) {
  if (isStale()) {
    forgetCompiled();
    await bundle();
    keepCompiled();
  }
} else {
  rmSync(path.join(root, "dist"), { recursive: true, force: true });
  await bundle();
  keepCompiled();
  declareTypes();
}

function isStale() {
  const built = outputs.map((file) => path.join(root, file));
  if (!built.every((file) => existsSync(file))) return true;
  const oldestMs = Math.min(...built.map((file) => statSync(file).mtimeMs));
  return inputs.some((input) => newestMs(path.join(root, input)) > oldestMs);
}

function newestMs(entry) {
  const stat = statSync(entry, { throwIfNoEntry: false });
  if (stat === undefined) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  // A folder's own time changes when a file is removed from it.
  return Math.max(stat.mtimeMs, ...readdirSync(entry).map((name) => newestMs(path.join(entry, name))));
}

async function bundle() {
  // Imported here: a build that is fresh must not pay for loading it.
  const { build } = await import("esbuild");
  // Files of their own: gRPC is a third of all code, and only brokers over etcd load it; only terminals need pretty lines.
  const apart = {
    name: "apart",
    setup: ({ onResolve }) => {
      onResolve({ filter: /\/client\/grpc\.js$/ }, () => ({ path: "./grpc.cjs", external: true }));
      onResolve({ filter: /^pino-pretty$/ }, () => ({ path: "./pretty.cjs", external: true }));
    },
  };
  const common = {
    absWorkingDir: root,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
    sourcemap: true,
    sourcesContent: false,
    legalComments: "none",
    logLevel: "warning",
    metafile: true,
    // Native modules stay outside.
    external: ["snappy", "lz4-napi", "@node-rs/crc32"],
    plugins: [apart],
  };
  // Bundled CommonJS packages still call `require` for Node's own modules.
  const require =
    'import { createRequire as samsaRequire } from "node:module";\nconst require = samsaRequire(import.meta.url);';
  // Only a script, not a module, can be given its compiled code on Node 20; and then `import()` does not work in it. The
  // file that starts it is a script as well, and so Node does not load its loader of modules.
  const script = {
    format: "cjs",
    define: { "import.meta.url": "__filename", "import.meta.dirname": "__dirname" },
    supported: { "dynamic-import": false },
  };
  // esbuild has printed what is wrong; its stack would only hide it.
  const prettyLines = createRequire(import.meta.url).resolve("pino-pretty");
  const built = await Promise.all([
    build({ ...common, ...script, entryPoints: ["src/cluster/engines/etcd/client/grpc.ts"], outfile: "dist/grpc.cjs" }),
    build({ ...common, ...script, entryPoints: [prettyLines], outfile: "dist/pretty.cjs" }),
    build({
      ...common,
      ...script,
      entryPoints: ["src/cli/samsa.ts"],
      outfile: "dist/samsa.js",
      banner: { js: "#!/usr/bin/env node" },
    }),
    build({ ...common, ...script, entryPoints: ["src/cli/main.ts"], outfile: "dist/main.cjs" }),
    build({ ...common, entryPoints: ["src/index.ts"], outfile: "dist/index.mjs", banner: { js: require } }),
    build({
      ...common,
      entryPoints: ["compat-tests/package-command.ts"],
      outfile: "dist/compat.mjs",
      banner: { js: require },
    }),
    build({
      ...common,
      entryPoints: ["compat-tests/acceptance/program.ts"],
      outfile: "dist/acceptance.mjs",
      banner: { js: require },
    }),
  ]).catch(() => process.exit(1));
  chmodSync(path.join(root, "dist/samsa.js"), 0o755);
  writeFileSync(path.join(root, "dist/package.json"), '{ "type": "commonjs" }\n');
  spellInAscii(path.join(root, "dist/main.cjs"));
  keepLicenses(built.flatMap(({ metafile }) => Object.keys(metafile.inputs)));
}

/** The packages whose code lies in `dist` ask that their licenses come with it. `inputs`: files, as esbuild names them. */
function keepLicenses(inputs) {
  const folders = inputs.map((file) => /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(file)?.[0]);
  const texts = [...new Set(folders)]
    .filter((folder) => folder !== undefined)
    .map((folder) => {
      const place = path.resolve(root, folder);
      const { name, version, license } = JSON.parse(readFileSync(path.join(place, "package.json"), "utf8"));
      const text = readdirSync(place).find((file) => /^licen[cs]e/i.test(file));
      const terms = text === undefined ? "" : `\n${readFileSync(path.join(place, text), "utf8").trim()}\n`;
      return `${name} ${version}: ${license}\n${terms}`;
    });
  writeFileSync(path.join(root, "dist/THIRD-PARTY-LICENSES.txt"), texts.sort().join(`\n${"-".repeat(80)}\n\n`));
}

/** One letter beyond ASCII doubles the memory that V8 takes for the text. esbuild leaves such letters in comments only. */
function spellInAscii(file) {
  writeFileSync(file, readFileSync(file, "utf8").replace(/\P{ASCII}/gu, "?"));
}

/** V8 tells a script from another by its length only. */
function forgetCompiled() {
  const dist = path.join(root, "dist");
  if (!existsSync(dist)) return;
  for (const name of readdirSync(dist)) if (name.endsWith(".cache")) rmSync(path.join(dist, name));
}

function keepCompiled() {
  const args = ["--import", "tsx", path.join(root, "scripts/keep-compiled.ts")];
  execFileSync(process.execPath, args, {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
    timeout: 60_000,
    killSignal: "SIGKILL",
  });
}

function declareTypes() {
  const tsc = path.join(root, "node_modules/typescript/bin/tsc");
  execFileSync(process.execPath, [tsc, "--project", "tsconfig.types.json"], { cwd: root, stdio: "inherit" });
  keepPublicTypes(path.join(root, "dist/types"));
  writeFileSync(path.join(root, "dist/types/package.json"), '{ "type": "module" }\n');
}

/** tsc declares every file of the broker. Those that no public declaration leads to would be most of the package's files. */
function keepPublicTypes(folder) {
  const kept = new Map();
  const keep = (file) => {
    if (kept.has(file)) return;
    const text = readFileSync(file, "utf8");
    kept.set(file, text);
    for (const [, imported] of text.matchAll(/(?:\bfrom |\bimport\()"(\.[^"]+)\.js"/g)) {
      keep(path.resolve(path.dirname(file), `${imported}.d.ts`));
    }
  };
  keep(path.join(folder, "index.d.ts"));
  rmSync(folder, { recursive: true });
  for (const [file, text] of kept) {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}
