/** The clients of the suite: one folder each, with a `client.json` that says what the client is and how it runs. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { acceptanceCases } from "../acceptance/cases/index.js";
import { type Scenario, scenarios } from "../scenarios.js";

export interface Client {
  /** The name of its folder. */
  readonly folderName: string;
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  readonly language: string;
  /** What it does: the list that all clients share, or one of its own. */
  readonly scenarios: readonly Scenario[];
  /** Properties that the suite gives a broker of its own for this client, beyond those for all. */
  readonly broker: Readonly<Record<string, string>>;
  /** Programs that must be on the PATH. */
  readonly needs: readonly string[];
  readonly run: readonly string[];
  /** By scenario: why the client cannot do it, or does it differently on every broker. */
  readonly known: Readonly<Record<string, string>>;
}

const scenarioLists = { shared: scenarios, acceptance: acceptanceCases };

/** As it stands in `client.json`: the scenarios by the name of their list. */
type Declared = Omit<Client, "scenarios"> & { readonly scenarios: keyof typeof scenarioLists };

/** Where the suite finds its clients, and where it installs them. */
export interface Places {
  readonly clients: string;
  readonly cache: string;
}

/** All clients, in the order of their folders' names. */
export function clientsIn({ clients }: Places): Client[] {
  const names = readdirSync(clients).filter((name) => existsSync(join(clients, name, "client.json")));
  return names.sort().map((name) => clientOf(name, join(clients, name)));
}

function clientOf(folderName: string, folder: string): Client {
  const file = join(folder, "client.json");
  const read: Partial<Declared> = JSON.parse(readFileSync(file, "utf8"));
  const { name, version, language, scenarios: list = "shared", broker = {} } = read;
  const { needs = [], run = [], known = {} } = read;
  if (name === undefined || version === undefined || language === undefined || run.length === 0) {
    throw new Error(`${file} needs name, version, language and run`);
  }
  return { folderName, folder, name, version, language, scenarios: scenarioLists[list], broker, needs, run, known };
}

/** The clients with only those of their scenarios that are wanted; without the ones that then have none. */
export function withOnly(
  clients: readonly Client[],
  isWanted: (scenario: Scenario, client: Client) => boolean,
): Client[] {
  return clients
    .map((client) => ({ ...client, scenarios: client.scenarios.filter((one) => isWanted(one, client)) }))
    .filter(({ scenarios: left }) => left.length > 0);
}

/** How a missing program is had, on Debian where there is a package. */
const howToGet: Readonly<Record<string, string>> = {
  java: "apt-get install default-jdk-headless",
  javac: "apt-get install default-jdk-headless",
  mvn: "apt-get install maven",
  go: "install Go 1.24 or later",
  cargo: "install Rust 1.85 or later",
  python3: "apt-get install python3-venv",
  gcc: "apt-get install gcc libc6-dev",
  cc: "apt-get install gcc libc6-dev",
  "g++": "apt-get install g++",
  make: "apt-get install make",
  npm: "apt-get install npm",
};

/** What the client needs and this machine has not, each with how to get it; null when all is there. */
export function missingFor(client: Client): string | null {
  const missing = client.needs.filter((program) => !isOnPath(program));
  if (missing.length === 0) return null;
  return missing.map((program) => `${program} is missing: ${howToGet[program] ?? "install it"}`).join("; ");
}

function isOnPath(program: string): boolean {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.some((folder) => folder !== "" && existsSync(join(folder, program)));
}
