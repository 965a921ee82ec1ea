/** The page of the APIs and their versions, derived from the declarations and the handlers. */
import type { Api } from "../src/protocol/schema/message.js";
import { formatVersions, intersection, parseVersions } from "../src/protocol/schema/versions.js";

export interface ServedVersions {
  readonly from: number;
  readonly to: number;
}

/** `served` says by API key what the broker answers; an API without an entry is declared only. */
export function protocolTable(apis: readonly Api[], served: ReadonlyMap<number, ServedVersions>): string {
  const rows = apis.map((api) => {
    const { key, name, versions } = api;
    return `| ${key} | ${name} | ${versions} | ${flexibleOf(api)} | ${servedOf(served.get(key))} |`;
  });
  return `# The protocol

Every API that Samsa declares. *Flexible* versions have compact lengths and tagged fields (KIP-482). *Served* versions
are those that the broker answers; an API without any is declared only.

| key | API | versions | flexible | served |
|---:|---|---|---|---|
${rows.join("\n")}
`;
}

function flexibleOf({ request, versions }: Api): string {
  return formatVersions(intersection(parseVersions(request.flexible), parseVersions(versions)));
}

function servedOf(versions: ServedVersions | undefined): string {
  return versions === undefined ? "–" : formatVersions({ first: versions.from, last: versions.to });
}
