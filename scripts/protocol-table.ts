/** The page of the APIs and their versions, derived from the declarations and the handlers. */
import type { Api } from "../src/protocol/schema/message.js";
import { formatVersions, intersection, parseVersions } from "../src/protocol/schema/versions.js";

export interface ServedVersions {
  readonly from: number;
  readonly to: number;
  /** Clients are not told of it. */
  readonly isBetweenBrokers: boolean;
}

/** What the differential tests have shown of an API. */
export interface Compared {
  readonly versions: readonly number[];
  /** Why its answers differ where they differ and mean to. */
  readonly differs: readonly string[];
}

/**
 * `served` says by API key what the broker answers; an API without an entry is declared only. `compared` says by name
 * what was compared with Apache Kafka.
 */
export function protocolTable(
  apis: readonly Api[],
  served: ReadonlyMap<number, ServedVersions>,
  compared: Readonly<Record<string, Compared>>,
): string {
  const rows = apis.map((api) => {
    const { key, name, versions } = api;
    return `| ${key} | ${name} | ${versions} | ${flexibleOf(api)} | ${servedOf(served.get(key))} | ${comparedOf(served.get(key), compared[name])} |`;
  });
  return `# The protocol

Every API that Samsa declares. *Flexible* versions have compact lengths and tagged fields (KIP-482). *Served* versions
are those that the broker answers; an API without any is declared only. The last column says what comes of sending the
same requests to Apache Kafka 4.3.1 (\`npm run diff\`), in the versions that it still serves: *implemented* where all
answers are the same.

| key | API | versions | flexible | served | compared with Apache Kafka |
|---:|---|---|---|---|---|
${rows.join("\n")}
`;
}

function flexibleOf({ request, versions }: Api): string {
  return formatVersions(intersection(parseVersions(request.flexible), parseVersions(versions)));
}

function servedOf(versions: ServedVersions | undefined): string {
  return versions === undefined ? "–" : formatVersions({ first: versions.from, last: versions.to });
}

function comparedOf(versions: ServedVersions | undefined, compared: Compared | undefined): string {
  if (versions === undefined) return "not yet";
  if (versions.isBetweenBrokers) return "implemented, for other brokers only";
  if (compared === undefined) return "implemented, not compared";
  return compared.differs.length === 0 ? "implemented" : `differs: ${compared.differs.join("; ")}`;
}
