import type { ClientQuotaImage } from "../../metadata/image/image.js";
import { type ErrorName, errors } from "../../protocol/errors.js";
import { DescribeClientQuotas } from "../../protocol/messages/48-describe-client-quotas.js";
import type { RequestOf } from "../../protocol/schema/message.js";
import { clusterResource } from "../../security/authorizer.js";
import { handler } from "../handler.js";

type Component = RequestOf<typeof DescribeClientQuotas>["components"][number];

/** What the name of a part of an entity must be, as numbered on the wire. */
const matchTypes = { EXACT: 0, DEFAULT: 1, SPECIFIED: 2 } as const;

/** DescribeClientQuotas: the quotas whose entities match; strictly, or with more parts than were asked for (KIP-546). */
export const describeClientQuotas = handler(
  DescribeClientQuotas,
  { from: 0, to: 1 },
  (_broker, { components, strict }, context) => {
    if (!context.authorize("DescribeConfigs", "Cluster", clusterResource)) {
      return failed("CLUSTER_AUTHORIZATION_FAILED", "Cluster authorization failed.");
    }
    const refusal = refuse(components);
    if (refusal !== null) return refusal;
    const entries = [...context.image.clientQuotas.values()].filter(
      ({ entity }) =>
        (!strict || entity.length === components.length) && components.every((component) => matches(component, entity)),
    );
    return { errorCode: errors.NONE.code, errorMessage: "", entries: entries.map(entryOf) };
  },
);

function matches({ entityType, matchType, match }: Component, entity: ClientQuotaImage["entity"]): boolean {
  const part = entity.find((one) => one.entityType === entityType);
  return part !== undefined && (matchType === matchTypes.SPECIFIED || part.entityName === match);
}

function entryOf({ entity, quotas }: ClientQuotaImage) {
  return { entity, values: [...quotas].map(([key, value]) => ({ key, value })) };
}

function refuse(components: readonly Component[]) {
  const types = new Set<string>();
  for (const { entityType, matchType, match } of components) {
    if (entityType === "") return failed("INVALID_REQUEST", "Invalid empty entity type.");
    if (entityType !== "user" && entityType !== "client-id" && entityType !== "ip") {
      return failed("UNSUPPORTED_VERSION", `Unsupported entity type ${entityType}`);
    }
    if (types.has(entityType)) {
      return failed("INVALID_REQUEST", `Entity type ${entityType} cannot appear more than once in the filter.`);
    }
    types.add(entityType);
    const problem = matchProblem(matchType, match);
    if (problem !== null) return failed("INVALID_REQUEST", problem);
  }
  if (!types.has("ip") || types.size === 1) return null;
  const message = "IP filter component should not be used with user or clientId filter component.";
  return failed("INVALID_REQUEST", `Invalid entity filter component combination. ${message}`);
}

function matchProblem(matchType: number, match: string | null): string | null {
  switch (matchType) {
    case matchTypes.EXACT:
      return match === null ? "Request specified MATCH_TYPE_EXACT, but set match string to null." : null;
    case matchTypes.DEFAULT:
      return match === null ? null : "Request specified MATCH_TYPE_DEFAULT, but also specified a match string.";
    case matchTypes.SPECIFIED:
      return match === null ? null : "Request specified MATCH_TYPE_SPECIFIED, but also specified a match string.";
    default:
      return `Unknown match type ${matchType}`;
  }
}

function failed(error: ErrorName, errorMessage: string) {
  return { errorCode: errors[error].code, errorMessage, entries: null };
}
