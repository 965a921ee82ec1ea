/** Where values come from, weakest first: the file, the environment, the command line. Defaults lie below all three. */
import { recognise } from "../properties/names.js";
import { whyNoClusterId } from "./cluster-id.js";
import { readEnvironment } from "./environment-variables.js";
import { parseProperties } from "./properties-file.js";

type SourceKind = "file" | "environment" | "command line";

/** A value as it was written. */
export interface Original {
  readonly text: string;
  readonly source: SourceKind;
  /** For messages: `server.properties line 3`, `KAFKA_LISTENERS`, `--set`. */
  readonly where: string;
}

export interface ConfigSources {
  readonly file?: { readonly path: string; readonly text: string } | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Each `name=value`. */
  readonly sets: readonly string[];
  /** What messages call them; not given: `--set`. */
  readonly setsName?: string;
  readonly flags: Flags;
}

interface Flags {
  /** One PLAINTEXT listener on that port. */
  readonly port?: number | undefined;
  /** The value of `listeners`. */
  readonly listen?: string | undefined;
  /** The data folder. */
  readonly data?: string | undefined;
}

export interface Gathered {
  /** By property name; known names only. */
  readonly originals: ReadonlyMap<string, Original>;
  readonly clusterId: string | null;
  readonly warnings: readonly string[];
  readonly errors: readonly string[];
}

export function gather(sources: ConfigSources): Gathered {
  const environment = readEnvironment(sources.env);
  const errors: string[] = [];
  const written: (readonly [string, Original])[] = [];
  if (sources.file !== undefined) {
    const { path } = sources.file;
    const parsed = parseProperties(sources.file.text);
    if ("error" in parsed) errors.push(`${path}, ${parsed.error}`);
    else {
      for (const { name, value, line } of parsed.entries) {
        written.push([name, { text: value, source: "file", where: `${path} line ${line}` }]);
      }
    }
  }
  for (const { name, value, variable } of environment.entries) {
    written.push([name, { text: value, source: "environment", where: variable }]);
  }
  const { sets, setsName = "--set" } = sources;
  for (const set of sets) {
    const [name, text] = splitSet(set);
    if (name === "" || text === null) errors.push(`${setsName} ${set}: the form is KEY=VALUE`);
    else written.push([name, { text, source: "command line", where: setsName }]);
  }
  const flags = fromFlags(sources.flags);
  if ("error" in flags) errors.push(flags.error);
  else written.push(...flags.originals);
  const { clusterId } = environment;
  const wrongId = clusterId === null ? null : whyNoClusterId(clusterId);
  if (wrongId !== null) errors.push(wrongId);
  const known = new Map(written.filter(([name]) => recognise(name).kind === "known"));
  return { originals: known, clusterId: clusterId?.text ?? null, warnings: warnOfUnknown(written), errors };
}

function splitSet(set: string): readonly [string, string | null] {
  const equals = set.indexOf("=");
  return equals < 0 ? [set.trim(), null] : [set.slice(0, equals).trim(), set.slice(equals + 1)];
}

function fromFlags(flags: Flags): { originals: (readonly [string, Original])[] } | { error: string } {
  const { port, listen, data } = flags;
  if (port !== undefined && listen !== undefined) return { error: "Give either --port or --listen, not both" };
  const originals: (readonly [string, Original])[] = [];
  const add = (name: string, text: string, where: string) =>
    originals.push([name, { text, source: "command line", where }]);
  if (port !== undefined) add("listeners", `PLAINTEXT://127.0.0.1:${port}`, "--port");
  if (listen !== undefined) add("listeners", listen, "--listen");
  if (data !== undefined) add("log.dirs", data, "--data");
  return { originals };
}

function warnOfUnknown(written: readonly (readonly [string, Original])[]): string[] {
  return written.flatMap(([name, { where }]) => {
    const recognised = recognise(name);
    return recognised.kind === "unknown" ? [`Unknown property ${name} (${where}) is ignored: ${recognised.hint}`] : [];
  });
}
