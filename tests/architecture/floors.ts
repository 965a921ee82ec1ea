/** The plan of the house as a table: which rooms there are, and what each may stand on. */

/** The rooms of each floor, the ground first. A room imports only from floors below its own. */
export const floors: readonly (readonly string[])[] = [
  ["lib"],
  ["config", "observability"],
  ["protocol"],
  ["metadata"],
  ["storage", "coordination"],
  [
    "groups",
    "transactions",
    "sharing",
    "security",
    "quotas",
    "cluster/controller",
    "cluster/engines",
    "cluster/replication",
    "cluster/peers",
  ],
  ["broker"],
  ["server"],
  ["cli", "http", "testing"],
];

/** The environments implement the types of `lib`; only who starts a broker chooses one. `entry` is `src/index.ts`. */
export const besideTheFloors: Readonly<Record<string, { readonly imports: readonly string[] | "anything" }>> = {
  environments: { imports: ["lib"] },
  entry: { imports: "anything" },
};

export const mayImportEnvironments: readonly string[] = ["cli", "http", "testing", "entry"];

/** Folders of one room that may import each other: a group may go from one protocol to the other at any request (KIP-848). */
export const knowEachOther: readonly string[] = ["src/groups/classic", "src/groups/consumer", "src/groups/migration"];

/** The packages that a room may use; whatever is not named here uses none. */
export const packagesOf: Readonly<Record<string, readonly string[]>> = {
  protocol: ["binary-parser", "crc-32", "@node-rs/crc32", "snappy", "lz4-napi"],
  storage: ["binary-parser"],
  config: ["ipaddr.js", "re2js"],
  groups: ["re2js"],
  transactions: ["re2js"],
  "cluster/engines": ["@bufbuild/protobuf", "@grpc/grpc-js"],
  broker: ["ipaddr.js"],
  observability: ["pino", "pino-pretty"],
  cli: ["commander"],
};

/** Names that say nothing of what is inside. */
export const forbiddenNames: readonly string[] = [
  "utils",
  "util",
  "helpers",
  "helper",
  "manager",
  "misc",
  "common",
  "data",
  "info",
];

export const FILE_LINES_MAX = 350;
