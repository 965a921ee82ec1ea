/** What AlterConfigs and IncrementalAlterConfigs have in common: whose configuration the caller may alter. */
import type { Broker } from "../../broker/broker.js";
import type { Outcome } from "../../coordination/tickets.js";
import { configKey, configResource } from "../../metadata/image/image.js";
import { type ApiError, apiError, type ErrorName, errors } from "../../protocol/errors.js";
import { clusterResource } from "../../security/authorizer.js";
import type { RequestContext } from "../context.js";
import { nodeProblem } from "./broker-loggers.js";

interface Resource {
  readonly resourceType: number;
  readonly resourceName: string;
}

interface ResourceAnswer extends Resource {
  readonly errorCode: number;
  readonly errorMessage?: string | null | undefined;
}

/**
 * Answers each resource of a request, in their order: what the caller may not alter, what this broker alters itself
 * (`here` gives the answer), and the rest as the controller says.
 */
export async function alterResources<R extends Resource>(
  resources: readonly R[],
  broker: Broker,
  context: RequestContext,
  here: (resource: R) => ApiError | null,
  askController: (resources: readonly R[]) => Promise<Outcome<{ readonly responses: readonly ResourceAnswer[] }>>,
): Promise<readonly ResourceAnswer[]> {
  const answered = resources.map((resource) => refusal(resource, broker, context) ?? here(resource));
  const outcome = await askController(resources.filter((_, i) => answered[i] === null));
  const responses = "reply" in outcome ? outcome.reply.responses : [];
  const answers = new Map(responses.map((answer) => [keyOf(answer), answer]));
  const unanswered = "errorCode" in outcome ? outcome.errorCode : errors.UNKNOWN_SERVER_ERROR.code;
  return resources.map((resource, i) => {
    const { resourceType, resourceName } = resource;
    const known = answered[i] ?? answers.get(keyOf(resource)) ?? { errorCode: unanswered };
    return { ...known, resourceType, resourceName };
  });
}

function keyOf({ resourceType, resourceName }: Resource): string {
  return configKey(resourceType, resourceName);
}

function refusal({ resourceType, resourceName }: Resource, broker: Broker, context: RequestContext): ApiError | null {
  const unless = (isAllowed: boolean, error: ErrorName) => (isAllowed ? null : apiError(error, null));
  switch (resourceType) {
    case configResource.topic:
      return unless(context.authorize("AlterConfigs", "Topic", resourceName), "TOPIC_AUTHORIZATION_FAILED");
    case configResource.group:
      return unless(context.authorize("AlterConfigs", "Group", resourceName), "GROUP_AUTHORIZATION_FAILED");
    default: {
      const mayAlter = context.authorize("AlterConfigs", "Cluster", clusterResource);
      const isOneBroker = resourceType === configResource.broker && resourceName !== "";
      return (
        unless(mayAlter, "CLUSTER_AUTHORIZATION_FAILED") ??
        (isOneBroker && !context.isForwarded ? nodeProblem(broker, resourceName) : null)
      );
    }
  }
}
