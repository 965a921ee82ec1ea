/** What the suite takes on its command line, and what it says of it: `samsa compat --help`. */
import type { Client } from "./client.js";

/** Where it was called: as `samsa compat` in the package, or in the repository, where it can do more. */
export type Place = "package" | "repository";

interface Option {
  readonly type: "string" | "boolean";
  readonly short?: string;
  readonly multiple?: boolean;
  /** What stands behind it. */
  readonly value?: string;
  readonly meaning: string;
  /** Without it: everywhere. */
  readonly only?: Place;
}

export const suiteOptions = {
  bootstrap: { type: "string", value: "HOST:PORT", meaning: "a broker that runs already; nothing is started then" },
  target: {
    type: "string",
    value: "samsa|apache",
    meaning: "what is started: Samsa as built here (default), or Apache Kafka",
    only: "repository",
  },
  samsa: { type: "string", value: "FILE", meaning: "start another build of Samsa: the path of its samsa.js" },
  scenario: { type: "string", multiple: true, value: "ID", meaning: "only this scenario; may be repeated" },
  jobs: { type: "string", value: "N", meaning: "so many clients at once, each with a broker of its own (default: 2)" },
  strict: { type: "boolean", meaning: "a client that cannot run on this machine is a failure" },
  junit: { type: "string", value: "FILE", meaning: "write the results as JUnit's XML" },
  json: { type: "string", value: "FILE", meaning: "write the results as JSON" },
  list: { type: "boolean", meaning: "show the clients and their scenarios, and run nothing" },
  help: { type: "boolean", short: "h", meaning: "show this" },
} as const satisfies Readonly<Record<string, Option>>;

export const commandNames: Readonly<Record<Place, string>> = {
  package: "samsa compat",
  repository: "npm run compat --",
};

/** Of the named clients it tells more. */
export function usage(place: Place, named: readonly Client[]): string {
  const command = commandNames[place];
  const example = (args: string, meaning: string) => row(`${command} ${args}`, EXAMPLE_CHARACTERS, meaning);
  return [
    `Usage: ${command} [CLIENT…] [OPTION…]`,
    "",
    "Runs real Kafka clients, in many languages, through the same scenarios against a broker, and says which passed.",
    "The broker is a Samsa that is started for this, with its data in a temporary folder, or the one at --bootstrap.",
    "",
    example("", "every client in every scenario: half an hour, or more"),
    example("kafkajs franz-go", "two of the clients"),
    example("kafkajs --scenario seek-time", "one scenario of one client"),
    example("--bootstrap localhost:9092", "against a broker of any make that runs already"),
    example("acceptance", "bugs that users met with other brokers, tried on this one"),
    example("acceptance --list", "these bugs, each with the thread in which users told of it"),
    "",
    "Options:",
    ...Object.entries<Option>(suiteOptions).flatMap(([name, option]) => optionRow(place, name, option)),
    ...(place === "repository" ? ["", ...otherModes] : []),
    "",
    "A client is fetched and built when it first runs; it is skipped where its language is not installed.",
    "At --bootstrap, topics and groups named compat-… are left behind, and what needs a restart of the broker is skipped.",
    "The exit code is 0 when nothing failed, 1 when something did, 2 when the command line makes no sense.",
    ...(named.length === 0 ? [] : ["", ...named.map((client) => lineOf(command, client))]),
  ].join("\n");
}

const EXAMPLE_CHARACTERS = 48;
const OPTION_CHARACTERS = 23;

const otherModes = [
  "In their place, for other things (compat-tests/README.md):",
  row("--journeys [FOLDER…]", OPTION_CHARACTERS, "the longer stories of single clients"),
  row("--report [CLIENT…]", OPTION_CHARACTERS, "everything against both brokers, and REPORT.md of it"),
  row("--mutations [TEXT]", OPTION_CHARACTERS, "whether the suite sees faults that are put into Samsa"),
];

function optionRow(place: Place, name: string, { short, value, meaning, only = place }: Option): string[] {
  if (only !== place) return [];
  const names = `${short === undefined ? "" : `-${short}, `}--${name}`;
  return [row(value === undefined ? names : `${names} ${value}`, OPTION_CHARACTERS, meaning)];
}

function row(left: string, characters: number, right: string): string {
  return `  ${left.padEnd(characters)}  ${right}`;
}

function lineOf(command: string, { folderName, name, version, language, scenarios }: Client): string {
  const told = `${folderName}: ${name} ${version} (${language}), ${scenarios.length} scenarios`;
  return `${told}, listed by ${command} ${folderName} --list`;
}
